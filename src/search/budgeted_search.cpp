#include "search/budgeted_search.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <unordered_set>

#include "core/worker_pool.h"
#include "search/guided_space.h"
#include "search/hyperband.h"
#include "search/search_course.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

constexpr std::string_view halving = "successive_halving", hyperband = "hyperband";

/// For a search without its own limit: if all its proposals are known, it spends no seconds.
constexpr std::int64_t most_proposals = 100'000;
/// Brackets in a row without a training: the search has exhausted its space.
constexpr int most_idle_brackets = 100;

/// The scores of one run, which pays for each architecture once.
class PaidScores {
 public:
  PaidScores(const SearchSpace& space, Dedupe dedupe, const Guide& guide, TrainingLedger& ledger)
      : space_(space), dedupe_(dedupe), guide_(guide), ledger_(ledger) {}

  double of(const Genotype& genotype) {
    std::string arch = space_.format(space_.representative(genotype, dedupe_));
    const auto value = guide_.values.find(arch);
    if (value == guide_.values.end()) {
      throw DataError("no score '" + guide_.score + "' of " + arch +
                      ", which a search ranks; it needs those of the whole space: 'wrcor score " +
                      (dedupe_ == Dedupe::strict ? "--unique" : "--all") + " --out FILE'");
    }
    if (paid_.insert(std::move(arch)).second) ledger_.spend(guide_.seconds);
    return value->second;
  }
  std::size_t count() const { return paid_.size(); }

 private:
  const SearchSpace& space_;
  Dedupe dedupe_;
  const Guide& guide_;
  TrainingLedger& ledger_;
  std::unordered_set<std::string> paid_;
};

struct Scored {
  Genotype genotype;
  double score = 0;
};

/// Different architectures, in the order of drawing; fewer where the space has fewer.
std::vector<Scored> draw_pool(const SearchSpace& space, std::size_t size, PaidScores& scores,
                              Rng rng) {
  constexpr int most_draws = 1000;  // in vain, in a row
  std::vector<Scored> pool;
  for (int in_vain = 0; pool.size() < size && in_vain < most_draws;) {
    Genotype genotype = space.sample(rng);
    const std::size_t before = scores.count();
    const double score = scores.of(genotype);
    in_vain = scores.count() > before ? 0 : in_vain + 1;
    if (in_vain == 0) pool.push_back({std::move(genotype), score});
  }
  return pool;
}

std::vector<Genotype> genotypes_of(std::vector<Scored> scored) {
  std::vector<Genotype> genotypes;
  for (Scored& each : scored) genotypes.push_back(std::move(each.genotype));
  return genotypes;
}

GuidedSpace warm_started(const SearchSpace& space, std::vector<Scored> pool, std::size_t first) {
  std::stable_sort(pool.begin(), pool.end(),
                   [](const Scored& a, const Scored& b) { return a.score > b.score; });
  pool.resize(std::min(pool.size(), first));
  return {space, genotypes_of(std::move(pool)), [](const Genotype&) { return true; }};
}

/// Puts the architectures that passed first: their scores are paid for.
GuidedSpace filtered(const SearchSpace& space, std::vector<Scored> pool, double percent,
                     PaidScores& scores, const TrainingLedger& ledger) {
  std::vector<double> values;
  for (const Scored& each : pool) values.push_back(each.score);
  std::sort(values.rbegin(), values.rend());
  const double passing = std::ceil(static_cast<double>(values.size()) * percent / 100);
  const double least = values[static_cast<std::size_t>(std::max(passing, 1.0)) - 1];
  std::erase_if(pool, [&](const Scored& each) { return each.score < least; });
  // A search that has spent its budget ends with its next training.
  return {space, genotypes_of(std::move(pool)),
          [least, &scores, &ledger](const Genotype& genotype) {
            return ledger.over() || scores.of(genotype) >= least;
          }};
}

/// A course that trains each new class of architectures.
void run_course(const SearchSpec& spec, const SearchSpace& space, std::size_t fidelity,
                TrainingLedger& ledger) {
  const RankingRule by_validation{VoteMethod::score, {{"validation", Direction::higher}}};
  SearchCourse course(spec, space, by_validation);
  for (CourseStep step = course.step(); step != CourseStep::ended; step = course.step()) {
    if (step != CourseStep::met) continue;
    const std::optional<double> validation = ledger.train(course.newest().arch, fidelity);
    if (!validation) return;
    course.settle(course.newest(), {validation});
  }
}

std::vector<Bracket> brackets_of(const std::string& method, const std::vector<int>& epochs) {
  if (method == hyperband) return hyperband_brackets(epochs);
  return {widest_bracket(epochs)};
}

/// Bracket after bracket, again and again.
void run_brackets(const std::vector<Bracket>& brackets, const std::function<std::string()>& draw,
                  TrainingLedger& ledger) {
  int idle = 0;
  for (std::size_t number = 0; !ledger.over() && idle < most_idle_brackets; ++number) {
    const double before = ledger.spent();
    run_bracket(brackets[number % brackets.size()], draw, ledger);
    idle = ledger.spent() > before ? 0 : idle + 1;
  }
}

}  // namespace

std::string_view to_string(Guidance guidance) {
  switch (guidance) {
    case Guidance::none:
      return "none";
    case Guidance::filter:
      return "filter";
    case Guidance::warm_start:
      return "warm_start";
  }
  return "";
}

std::vector<SearchMethod> search_methods(std::size_t fidelities) {
  std::vector<SearchMethod> methods;
  for (const char* strategy : {"random", "evolution", "reinforce", "local"}) {
    methods.push_back({strategy, 0});
    if (fidelities > 1) methods.push_back({strategy, fidelities - 1});
  }
  if (fidelities > 1) {
    methods.push_back({std::string(halving)});
    methods.push_back({std::string(hyperband)});
  }
  return methods;
}

BudgetedSearches::BudgetedSearches(const SearchSpace& space, const SearchSpec& spec,
                                   const TrainingTable& table, std::vector<std::string> metrics,
                                   const BudgetedConditions& conditions)
    : space_(space),
      spec_(spec),
      table_(table),
      metrics_(std::move(metrics)),
      conditions_(conditions) {
  spec_.limits = {};
  spec_.minimize.clear();
  spec_.window = 1;
  if (!spec_.budget) spec_.budget = most_proposals;
  spec_.options.values["replacement"] = true;  // what is known costs nothing
  for (const Fidelity& fidelity : table.fidelities) epochs_.push_back(fidelity.epochs);
}

double BudgetedSearches::moment(int number) const {
  if (number == moments - 1) return conditions_.seconds;  // to the last bit
  return conditions_.seconds * (number + 1) / moments;
}

double BudgetedSearches::needed(const SearchMethod& method, const Guide* guide) const {
  double longest = 0;
  for (const auto& [arch, network] : table_.networks)
    longest = std::max(longest, network.seconds[method.fidelity.value_or(0)]);
  const double scoring =
      guide == nullptr ? 0 : guide->seconds * static_cast<double>(conditions_.pool);
  return scoring + longest;
}

BudgetedSearch BudgetedSearches::run(const SearchMethod& method, Guidance guidance,
                                     const Guide* guide) const {
  if (const double least = needed(method, guide); least > conditions_.seconds) {
    throw UsageError(fmt::format(
        "--simulated-seconds: expected at least {:.0f}, which scoring a pool and one training "
        "take, got {:g}",
        std::ceil(least), conditions_.seconds));
  }
  std::vector<std::future<Run>> pending;
  WorkerPool workers(conditions_.workers, [] {});
  for (int number = 0; number < conditions_.runs; ++number) {
    pending.push_back(
        workers.submit([=, this] { return run_once(method, guidance, guide, number); }));
  }
  std::vector<Run> runs;
  for (auto& each : pending) runs.push_back(each.get());

  BudgetedSearch result{method, guidance, guide == nullptr ? "" : guide->score, 0, 0, {}, {}};
  for (const Run& run : runs) {
    result.scored += static_cast<double>(run.scored) / conditions_.runs;
    result.trained += static_cast<double>(run.trained) / conditions_.runs;
  }
  for (int number = 0; number < moments; ++number)
    result.anytime.push_back(answers(runs, moment(number)));
  result.metrics = result.anytime.back().value();
  return result;
}

BudgetedSearches::Run BudgetedSearches::run_once(const SearchMethod& method, Guidance guidance,
                                                 const Guide* guide, int number) const {
  const std::uint64_t seed = seeds_of(conditions_.seed + static_cast<std::uint64_t>(number)).search;
  TrainingLedger ledger(table_, conditions_.seconds);
  if (guide == nullptr) {
    search(method, space_, seed, ledger);
    return {ledger.incumbents(), 0, ledger.trained()};
  }
  PaidScores scores(space_, spec_.options.dedupe, *guide, ledger);
  std::vector<Scored> pool =
      draw_pool(space_, conditions_.pool, scores, Rng(derive_seed(seed, {"pool"})));
  const GuidedSpace guided =
      guidance == Guidance::filter
          ? filtered(space_, std::move(pool), conditions_.filter_percent, scores, ledger)
          : warm_started(space_, std::move(pool), conditions_.warm_start);
  search(method, guided, seed, ledger);
  return {ledger.incumbents(), scores.count(), ledger.trained()};
}

void BudgetedSearches::search(const SearchMethod& method, const SearchSpace& space,
                              std::uint64_t seed, TrainingLedger& ledger) const {
  if (method.fidelity) {
    SearchSpec spec = spec_;
    spec.strategy = method.name;
    spec.seed = seed;
    run_course(spec, space, *method.fidelity, ledger);
    return;
  }
  const auto draw = [&space, this, rng = Rng(seed)]() mutable {
    return space.format(space.representative(space.sample(rng), spec_.options.dedupe));
  };
  run_brackets(brackets_of(method.name, epochs_), draw, ledger);
}

std::vector<double> BudgetedSearches::metrics_of(const TrainedNetwork& network) const {
  std::vector<double> values;
  for (std::size_t m = 0; m < metrics_.size(); ++m) {
    if (!network.metrics[m]) {
      const auto is_it = [&](const auto& entry) { return &entry.second == &network; };
      const auto found = std::find_if(table_.networks.begin(), table_.networks.end(), is_it);
      throw DataError("the benchmark has no " + metrics_[m] + " of " + found->first +
                      ", which a search found; give it one, or leave --metric " + metrics_[m] +
                      " out");
    }
    values.push_back(*network.metrics[m]);
  }
  return values;
}

std::optional<std::vector<Spread>> BudgetedSearches::answers(const std::vector<Run>& runs,
                                                             double seconds) const {
  std::vector<std::vector<double>> values(metrics_.size());
  for (const Run& run : runs) {
    const auto later = std::find_if(run.incumbents.begin(), run.incumbents.end(),
                                    [&](const auto& each) { return each.seconds > seconds; });
    if (later == run.incumbents.begin()) return std::nullopt;
    const std::vector<double> metrics = metrics_of(*std::prev(later)->network);
    for (std::size_t m = 0; m < metrics.size(); ++m) values[m].push_back(metrics[m]);
  }
  std::vector<Spread> spreads;
  for (const auto& each : values) spreads.push_back(spread_of(each));
  return spreads;
}

}  // namespace wrcor
