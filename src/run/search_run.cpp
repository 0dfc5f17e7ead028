#include "wrcor/run/search_run.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>

#include "search_loop.h"
#include "wrcor/core/file.h"
#include "wrcor/core/random.h"
#include "wrcor/core/version.h"
#include "wrcor/run/config_loader.h"
#include "wrcor/run/interrupt.h"
#include "wrcor/run/proxy_choice.h"

namespace wrcor {
namespace {

/// What a journal says of the run that it belongs to. The limits on the length of a run may change
/// on resume.
nlohmann::ordered_json journal_header(const Config& config, const Workbench& bench) {
  nlohmann::ordered_json identity = result_config(config);
  // The batch's checksum tells more than where it came from.
  identity["data"].erase("root");
  identity["data"].erase("batch_file");
  identity["data"].erase("image_size");
  // Of any other data set the name tells it.
  if (config.data.name == "folder") identity["data"]["classes"] = dataset_info(config).classes;
  identity["search"].erase("budget");
  identity["search"].erase("max_seconds");
  // What a vote and "all" stand for may change with the program.
  identity["score"]["proxies"] = effective_proxies(config);
  if (const RankingRule rule = ranking_rule(config); rule.is_vote()) {
    identity["score"]["rank_by"] = rule.text();
  }
  return {{"journal_version", 1},
          {"tool", {{"name", "wrcor"}, {"version", version}}},
          {"device", bench.device_kind},
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

/// The text as one word of a shell command.
std::string shell_word(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-+:@").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

void check_folder(const RunDirectory& directory, bool resume) {
  if (!resume && directory.holds_run()) {
    throw UsageError("'" + directory.path.string() +
                     "' holds a run; continue it with --resume, or choose another --out");
  }
  if (resume && !directory.holds_run()) {
    throw UsageError("'" + directory.path.string() +
                     "' holds no run to resume; start one without --resume");
  }
}

void create_folder(const RunDirectory& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory.path, failure);
  if (failure)
    throw RunError("cannot create '" + directory.path.string() + "': " + failure.message());
}

}  // namespace

bool RunDirectory::holds_run() const {
  // An empty journal is that of a run that was killed before it began.
  std::error_code failure;
  const auto size = std::filesystem::file_size(journal(), failure);
  return (!failure && size > 0) || std::filesystem::exists(result());
}

SearchResult run_search(const Config& config, const RunDirectory& directory, bool resume,
                        const ProgressSink& progress) {
  const InterruptGuard guard;
  check_folder(directory, resume);
  const Workbench bench = make_workbench(config);
  create_folder(directory);
  const nlohmann::ordered_json header = journal_header(config, bench);
  JournalContent replayed;
  Journal journal = resume ? Journal::resume(directory.journal(), replayed)
                           : Journal::create(directory.journal());
  if (!replayed.header.is_null()) require_same_run(replayed.header, header, directory.path);
  if (resume) {
    spdlog::info("resuming '{}': {} evaluations are known", directory.path.string(),
                 replayed.evaluations.size());
  }
  write_file_atomic(directory.config(), to_json(config).dump(2) + "\n");
  if (replayed.header.is_null()) journal.write_header(header);
  const std::string how_to_resume =
      "; resume with: wrcor search --resume --out " + shell_word(directory.path.string());
  try {
    SearchResult result = SearchLoop(config, bench, journal, replayed, progress).run();
    write_file_atomic(directory.result(), to_json(result, config).dump(2) + "\n");
    return result;
  } catch (const Interrupted& interrupt) {
    throw Interrupted(interrupt.signal(), interrupt.what() + how_to_resume);
  } catch (const NoFeasibleError&) {
    // Nothing was found: the folder is free for the same search with other constraints.
    std::error_code ignored;
    if (replayed.header.is_null()) std::filesystem::remove(directory.journal(), ignored);
    throw;
  } catch (const RunError& failure) {
    throw RunError(failure.what() + how_to_resume);
  }
}

std::string describe_work(const Config& config) {
  const auto space = make_space(config);
  const ConstrainedSpace feasible(*space, cost_limits(config), config.search.dedupe);
  const std::int64_t budget =
      effective_budget(config, make_strategy(config, feasible)->proposals());
  Rng rng(derive_seed(config.run.seed, {"search"}));
  constexpr int sampled = 100;
  double flops = 0;
  for (int i = 0; i < sampled; ++i) {
    flops +=
        static_cast<double>(
            space->costs(space->representative(feasible.sample(rng), config.search.dedupe)).flops) /
        sampled;
  }
  // A multiply-accumulate is two operations; the backward pass, without gradients of weights, costs
  // as much as the forward pass.
  const double giga = flops * config.data.batch_size * 4 * config.score.repeats / 1e9;
  std::string text = fmt::format(
      "work: up to {} proposals of '{}' by '{}', about {:.1f} GFLOP a forward and backward pass of "
      "an "
      "architecture, {:.1f} TFLOP for all",
      budget, space->name(), config.search.strategy, giga,
      giga * static_cast<double>(budget) / 1e3);
  if (config.search.max_seconds) text += fmt::format(", at most {} s", *config.search.max_seconds);
  return text + "; nothing was run";
}

}  // namespace wrcor
