#include "wrcor/run/search_run.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <deque>
#include <future>
#include <map>

#include "wrcor/core/file.h"
#include "wrcor/core/random.h"
#include "wrcor/core/version.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/worker_pool.h"
#include "wrcor/run/config_loader.h"
#include "wrcor/run/interrupt.h"
#include "wrcor/run/journal.h"
#include "wrcor/run/workbench.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a journal says of the run that it belongs to. The limits on the length of a run may change
/// on resume.
nlohmann::ordered_json journal_header(const Config& config, const Workbench& bench) {
  nlohmann::ordered_json identity = result_config(config);
  identity["search"].erase("budget");
  identity["search"].erase("max_seconds");
  return {{"journal_version", 1},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"device", bench.evaluator->device().is_cuda() ? "cuda" : "cpu"},
          {"batch", bench.batch},
          {"config", identity}};
}

void require_same_run(const nlohmann::json& found, const nlohmann::json& expected,
                      const std::filesystem::path& folder) {
  if (found == expected) return;
  std::string differences;
  for (const auto& change : nlohmann::json::diff(found, expected)) {
    const auto pointer = nlohmann::json::json_pointer(change.at("path").get<std::string>());
    const auto show = [&](const nlohmann::json& side) {
      return side.contains(pointer) ? side.at(pointer).dump() : "nothing";
    };
    differences += (differences.empty() ? "" : "; ") + pointer.to_string() + ": the run has " +
                   show(found) + ", asked for " + show(expected);
  }
  throw UsageError("'" + folder.string() + "' holds another run (" + differences +
                   "); resume it with its own settings, or choose another --out");
}

/// One search, from its first proposal to its last.
class Search {
 public:
  Search(const Config& config, Workbench& bench, Journal journal, const JournalContent& replayed)
      : config_(config),
        bench_(bench),
        space_(*bench.space,
               {config.constraints.min_params, config.constraints.max_params,
                config.constraints.max_flops},
               config.search.dedupe),
        strategy_(strategies()
                      .find(config.search.strategy)
                      .make(space_,
                            {config.search.population, config.search.tournament,
                             config.search.replacement, config.search.dedupe},
                            Rng(derive_seed(config.run.seed, {"search"})))),
        journal_(std::move(journal)),
        replayed_(replayed),
        proxy_(ranking_proxy(config)),
        pool_(bench.workers, [threads = bench.threads] { configure_thread(threads); }) {}

  SearchResult run(const ProgressSink& progress) {
    progress_ = progress;
    const std::optional<std::uint64_t> all = strategy_->proposals();
    constexpr std::int64_t default_budget = 1000;
    const auto budget =
        config_.search.budget.value_or(all ? static_cast<std::int64_t>(*all) : default_budget);
    state_.total = all ? std::min(budget, static_cast<std::int64_t>(*all)) : budget;
    for (std::int64_t k = 0; k < budget && !out_of_time(); ++k) {
      if (k >= config_.search.window) settle_oldest();
      const std::optional<Genotype> proposal = ask();
      if (!proposal) break;
      enter(*proposal, k);
      ++counts_.asked;
    }
    state_.total = counts_.asked;
    while (!pending_.empty()) settle_oldest();
    return result();
  }

 private:
  /// A class of architectures that has been proposed.
  struct Class {
    Genotype representative;
    std::shared_future<Evaluation> evaluation;
    std::int64_t first_seen = 0;
  };

  struct Proposal {
    Genotype genotype;
    const Class* of = nullptr;
  };

  double elapsed() const { return replayed_.elapsed + seconds_since(start_); }

  bool out_of_time() const {
    return config_.search.max_seconds && elapsed() >= *config_.search.max_seconds;
  }

  /// A strategy that finds no further feasible architecture ends the search; what was found stays.
  std::optional<Genotype> ask() {
    try {
      return strategy_->ask();
    } catch (const NoFeasibleError& error) {
      if (classes_.empty()) throw;
      spdlog::warn("the search ends early: {}", error.what());
      return std::nullopt;
    }
  }

  void enter(const Genotype& genotype, std::int64_t number) {
    Genotype representative = space_.representative(genotype, config_.search.dedupe);
    const std::string arch = space_.format(representative);
    const auto [entry, is_new] = classes_.try_emplace(arch);
    if (is_new) entry->second = {representative, evaluation_of(arch, representative), number};
    pending_.push_back({genotype, &entry->second});
  }

  std::shared_future<Evaluation> evaluation_of(const std::string& arch, const Genotype& genotype) {
    if (const auto known = replayed_.evaluations.find(arch); known != replayed_.evaluations.end()) {
      std::promise<Evaluation> ready;
      ready.set_value(known->second);
      return ready.get_future().share();
    }
    return pool_
        .submit([this, arch, genotype] {
          Evaluation evaluation = bench_.evaluator->evaluate(genotype);
          journal_.append(arch, evaluation, elapsed());
          ++evaluated_;
          return evaluation;
        })
        .share();
  }

  void settle_oldest() {
    const Proposal& oldest = pending_.front();
    while (oldest.of->evaluation.wait_for(std::chrono::milliseconds(50)) !=
           std::future_status::ready)
      show_progress();
    if (InterruptGuard::signal() != 0) throw Interrupted(InterruptGuard::signal(), "");
    const std::optional<double>& fitness = oldest.of->evaluation.get().score(proxy_).value;
    if (fitness && (!state_.best || *fitness > *state_.best)) state_.best = fitness;
    strategy_->tell({oldest.genotype, fitness});
    pending_.pop_front();
    ++state_.done;
    show_progress();
  }

  void show_progress() {
    state_.evaluated = evaluated_;
    if (progress_) progress_(state_);
  }

  SearchResult result() {
    SearchResult result;
    for (const auto& [arch, entry] : classes_) {
      const Genotype canonical = space_.representative(entry.representative, Dedupe::strict);
      result.ranking.push_back(
          {arch, space_.format(canonical), entry.evaluation.get(), entry.first_seen});
      switch (result.ranking.back().evaluation.status) {
        case Status::ok:
          ++counts_.ok;
          break;
        case Status::degenerate:
          ++counts_.degenerate;
          break;
        case Status::failed:
          ++counts_.failed;
          break;
      }
    }
    rank(result.ranking, proxy_);
    counts_.distinct = static_cast<std::int64_t>(classes_.size());
    counts_.infeasible = space_.rejected();
    result.counts = counts_;
    result.batch = bench_.batch;
    result.timing.started = started_;
    result.timing.seconds = elapsed();
    result.timing.sitting_seconds = seconds_since(start_);
    result.timing.evaluated = evaluated_;
    result.timing.device = bench_.evaluator->device().str();
    result.timing.workers = bench_.workers;
    if (result.ranking.empty()) {
      throw NoFeasibleError("no architecture of " + space_.name() +
                            " satisfies the constraints; relax them");
    }
    return result;
  }

  const Config& config_;
  Workbench& bench_;
  ConstrainedSpace space_;
  std::unique_ptr<SearchStrategy> strategy_;
  Journal journal_;
  const JournalContent& replayed_;
  std::string proxy_;
  ProgressSink progress_;
  ProgressState state_;
  SearchCounts counts_;
  Clock::time_point start_ = Clock::now();
  std::string started_ = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  std::map<std::string, Class> classes_;
  std::deque<Proposal> pending_;
  std::atomic<std::int64_t> evaluated_{0};
  WorkerPool pool_;  ///< last: its threads use the members above and end first
};

void prepare_folder(const RunDirectory& directory, bool resume) {
  if (!resume && directory.holds_run()) {
    throw UsageError("'" + directory.path.string() +
                     "' holds a run; continue it with --resume, or choose another --out");
  }
  if (resume && !directory.holds_run()) {
    throw UsageError("'" + directory.path.string() +
                     "' holds no run to resume; start one without --resume");
  }
  std::error_code failure;
  std::filesystem::create_directories(directory.path, failure);
  if (failure)
    throw RunError("cannot create '" + directory.path.string() + "': " + failure.message());
}

}  // namespace

bool RunDirectory::holds_run() const {
  return std::filesystem::exists(journal()) || std::filesystem::exists(result());
}

std::string ranking_proxy(const Config& config) {
  return config.score.rank_by.empty() ? config.score.proxies.front() : config.score.rank_by;
}

SearchResult run_search(const Config& config, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress) {
  const InterruptGuard guard;
  prepare_folder(directory, resume);
  Workbench bench = make_workbench(config);
  const nlohmann::ordered_json header = journal_header(config, bench);
  JournalContent replayed;
  std::optional<Journal> journal;
  if (resume) {
    journal = Journal::resume(directory.journal(), replayed);
    // A journal without a header is that of a run that was killed before it began.
    if (!replayed.header.is_null()) require_same_run(replayed.header, header, directory.path);
    spdlog::info("resuming '{}': {} evaluations are known", directory.path.string(),
                 replayed.evaluations.size());
  }
  write_file_atomic(directory.config(), to_json(config).dump(2) + "\n");
  if (replayed.header.is_null()) journal = Journal::create(directory.journal(), header);
  const std::string how_to_resume =
      "resume with: wrcor search --resume --out " + directory.path.string();
  try {
    SearchResult result = Search(config, bench, *std::move(journal), replayed).run(progress);
    write_file_atomic(directory.result(), to_json(result, config).dump(2) + "\n");
    return result;
  } catch (const Interrupted& interrupt) {
    throw Interrupted(InterruptGuard::signal(),
                      "interrupted; finished evaluations are in the journal; " + how_to_resume);
  } catch (const RunError& failure) {
    throw RunError(std::string(failure.what()) + "; " + how_to_resume);
  }
}

std::string describe_work(const Config& config) {
  const auto space = make_space(config);
  std::string text = config.search.budget ? "up to " + std::to_string(*config.search.budget)
                                          : "the default number of";
  text += " proposals of '" + space->name() + "'";
  if (space->size()) text += " (" + std::to_string(*space->size()) + " cells)";
  text += " by '" + config.search.strategy + "', " + std::to_string(config.search.window) +
          " in flight";
  if (config.search.max_seconds) text += fmt::format(", at most {} s", *config.search.max_seconds);
  return text + "; nothing was run";
}

}  // namespace wrcor
