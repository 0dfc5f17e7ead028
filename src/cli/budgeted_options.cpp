#include "budgeted_options.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "core/counted.h"
#include "core/processor.h"
#include "options.h"
#include "score/curve_table.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor::cli {
namespace {

std::vector<Fidelity> fidelities_of(const BudgetedOptions& options) {
  return parse_fidelities("--fidelity", options.fidelities);
}

/// The columns of seconds, one per fidelity.
std::vector<Fidelity> seconds_of(const BudgetedOptions& options) {
  std::vector<Fidelity> columns = parse_fidelities("--training-column", options.training_columns);
  const std::vector<Fidelity> fidelities = fidelities_of(options);
  if (!std::ranges::equal(columns, fidelities, {}, &Fidelity::epochs, &Fidelity::epochs)) {
    std::vector<std::string> wanted;
    for (const Fidelity& each : fidelities) wanted.push_back(std::to_string(each.epochs));
    throw UsageError("--training-column: expected a column of seconds for each --fidelity (" +
                     join(wanted) + "), got " + join(options.training_columns));
  }
  return columns;
}

/// A score that guides searches, and the seconds of scoring one architecture by it.
struct GuideName {
  std::string score;
  double seconds = 0;
};

GuideName parse_guide(const std::string& text) {
  const std::size_t equals = std::min(text.rfind('='), text.size());
  GuideName guide{text.substr(0, equals)};
  const char* start = text.data() + std::min(equals + 1, text.size());
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(start, end, guide.seconds);
  const bool is_number = error == std::errc() && stop == end && std::isfinite(guide.seconds);
  if (!is_number || guide.seconds < 0 || guide.score.empty()) {
    throw UsageError(
        "--guide: expected SCORE=SECONDS, the seconds of scoring one architecture, which a search "
        "pays, such as wrcor=0.5, got " +
        in_quotes(text));
  }
  return guide;
}

/// @throws UsageError for a score that does not exist, or is given twice
std::vector<GuideName> guides_of(const BudgetedOptions& options,
                                 const std::vector<Scorer>& scorers) {
  std::vector<std::string> known;
  for (const Scorer& scorer : scorers) known.push_back(scorer.name);
  std::vector<GuideName> guides;
  for (const std::string& text : options.guides) {
    GuideName guide = parse_guide(text);
    if (known.empty()) {
      throw UsageError("--guide " + in_quotes(text) +
                       ": there are no scores; name their files by --scores, or a column of the "
                       "benchmark by --table-score");
    }
    if (std::ranges::find(known, guide.score) == known.end()) {
      throw UsageError("--guide: " + unknown_name_message("score", "scores", guide.score, known));
    }
    if (std::ranges::find(guides, guide.score, &GuideName::score) != guides.end())
      throw UsageError("--guide: " + in_quotes(guide.score) + " is given twice");
    guides.push_back(std::move(guide));
  }
  return guides;
}

/// The curves with the figures of the fidelities; nothing if the benchmark has them.
std::optional<CurveTable> read_curves(const BudgetedOptions& options, const BenchmarkOptions& form,
                                      const SearchSpace& space) {
  if (options.curves.empty()) return std::nullopt;
  CurveSelection selection;
  selection.parse_rows("--curve-rows", options.curve_rows);
  for (const Fidelity& fidelity : fidelities_of(options))
    selection.columns.push_back(fidelity.column.name);
  return CurveTable::read(options.curves, space, BenchmarkKey::parse(form.key), selection);
}

BenchmarkTable read_times(const BudgetedOptions& options, const BenchmarkOptions& form,
                          const SearchSpace& space) {
  std::set<std::string> columns;
  for (const Fidelity& each : seconds_of(options)) columns.insert(each.column.name);
  return BenchmarkTable::read(options.training_times, space, BenchmarkKey::parse(form.key), columns,
                              form.missing);
}

TrainingTable read_trainings(const BudgetedInput& input, const SearchSpace& space,
                             BudgetedSearchReport& report) {
  const BudgetedOptions& options = input.options;
  std::vector<FigureColumn> metrics;
  for (const std::string& metric : report.metrics) {
    metrics.push_back(FigureColumn::parse(metric));
    report.optima.push_back(optimum_of(input.benchmark, metrics.back()));
  }
  const std::optional<CurveTable> curves = read_curves(options, input.form, space);
  TrainingTable table =
      training_table(input.benchmark, fidelities_of(options), curves ? &*curves : nullptr, metrics);
  report.continues = table.continues;
  const BenchmarkTable times = read_times(options, input.form, space);
  const std::vector<Fidelity> seconds = seconds_of(options);
  for (std::size_t f = 0; f < seconds.size(); ++f) {
    report.fidelities.push_back(
        {table.fidelities[f], add_seconds(table, space, times, seconds[f].column.name)});
  }
  return table;
}

Guide guide_by(const Scorer& scorer, const std::vector<std::string>& archs, double seconds) {
  constexpr double worst = -std::numeric_limits<double>::infinity();
  Guide guide{scorer.name, seconds, {}};
  for (std::size_t k = 0; k < scorer.scored.size(); ++k)
    guide.values[archs[scorer.scored[k]]] = scorer.values[k].value_or(worst);
  return guide;
}

/// All methods with one guide. A method that trains in full, but for which the budget is too small,
/// is omitted with a warning.
void run_methods(const BudgetedSearches& searches, Guidance guidance, const Guide* guide,
                 BudgetedSearchReport& report) {
  for (const SearchMethod& method : search_methods(report.fidelities.size())) {
    const double needed = searches.needed(method, guide);
    if (method.fidelity.value_or(0) > 0 && needed > report.conditions.seconds) {
      if (method.name == "random") {
        spdlog::warn(
            "no strategy trains for {}{}: the longest training ends after {:.0f} s, the "
            "budget is {:.6g} s",
            counted(report.fidelities[*method.fidelity].fidelity.epochs, "epoch"),
            guide == nullptr ? "" : " after scoring by " + guide->score, std::ceil(needed),
            report.conditions.seconds);
      }
      continue;
    }
    report.searches.push_back(searches.run(method, guidance, guide));
  }
}

}  // namespace

std::set<std::string> BudgetedOptions::benchmark_columns() const {
  std::set<std::string> columns;
  if (!curves.empty()) return columns;
  for (const Fidelity& fidelity : fidelities_of(*this)) columns.insert(fidelity.column.name);
  return columns;
}

void add_budgeted(CLI::App& command, BudgetedOptions& target) {
  CLI::Option* fidelity =
      command
          .add_option(
              "--fidelity", target.fidelities,
              "simulate searches that train networks for a budget of seconds, and select by\n"
              "these columns of validation figures: 12=c10_val_12ep,200=...")
          ->delimiter(',')
          ->type_name("EPOCHS=COLUMN,...");
  const auto add = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type)->needs(fidelity);
  };
  add("--training-times", target.training_times,
      "table of the seconds of training; those that it lacks are estimated from FLOPs", "FILE.csv");
  add("--training-column", target.training_columns, "its columns, one for each fidelity",
      "EPOCHS=COLUMN,...")
      ->delimiter(',');
  add("--curves", target.curves,
      "table of learning curves, by column 'epoch', which has the columns of --fidelity",
      "FILE.csv");
  add("--curve-rows", target.curve_rows, "rows of that table: hp=200,dataset=cifar10-valid",
      "COLUMN=TEXT,...")
      ->delimiter(',');
  add("--guide", target.guides,
      "run each search also filtered and warm-started by this score, which takes so many seconds\n"
      "for an architecture; may be repeated",
      "SCORE=SECONDS");
  add_whole_number(command, "--simulated-seconds", target.seconds, 1, 1'000'000'000,
                   "budget of each search")
      .needs(fidelity);
  add_whole_number(command, "--pool", target.pool, 1, 1'000'000,
                   "architectures that a search with a ranking scores first")
      .needs(fidelity);
  add_whole_number(command, "--filter-percent", target.filter_percent, 1, 100,
                   "of the pool: what scores lower is not trained")
      .needs(fidelity);
  add_whole_number(command, "--warm-start", target.warm_start, 1, 1'000'000,
                   "best architectures of the pool that a search starts with")
      .needs(fidelity);
}

void check(const BudgetedOptions& options) {
  if (!options.given()) return;
  fidelities_of(options);
  if (options.training_times.empty()) {
    throw UsageError(
        "--fidelity needs the seconds of training: name their table by --training-times, and its "
        "columns by --training-column");
  }
  seconds_of(options);
  if (options.curves.empty() && !options.curve_rows.empty())
    throw UsageError("--curve-rows: has no effect without --curves; leave it out");
  CurveSelection().parse_rows("--curve-rows", options.curve_rows);
  for (const std::string& text : options.guides) parse_guide(text);
  if (options.warm_start > options.pool) {
    throw UsageError("--warm-start: expected at most the --pool of " +
                     std::to_string(options.pool) + ", got " + std::to_string(options.warm_start));
  }
}

BudgetedSearchReport run_budgeted(const RunSpec& spec, const BudgetedInput& input) {
  const BudgetedOptions& options = input.options;
  BudgetedSearchReport report;
  report.metrics = input.form.metrics;
  const std::vector<GuideName> guides = guides_of(options, input.scorers);
  report.conditions = {static_cast<double>(options.seconds),
                       input.runs,
                       spec.config.run.seed,
                       static_cast<std::size_t>(options.pool),
                       static_cast<double>(options.filter_percent),
                       static_cast<std::size_t>(options.warm_start),
                       usable_cores()};
  const TrainingTable table = read_trainings(input, *spec.space, report);
  const BudgetedSearches searches(*spec.space, spec.search, table, report.metrics,
                                  report.conditions);
  for (int moment = 0; moment < BudgetedSearches::moments; ++moment)
    report.moments.push_back(searches.moment(moment));
  run_methods(searches, Guidance::none, nullptr, report);
  for (const auto& [score, seconds_of_one] : guides) {
    report.scoring_seconds[score] = seconds_of_one;
    const auto scorer = std::ranges::find(input.scorers, score, &Scorer::name);
    const Guide guide = guide_by(*scorer, input.archs, seconds_of_one);
    for (const Guidance guidance : {Guidance::filter, Guidance::warm_start})
      run_methods(searches, guidance, &guide, report);
  }
  return report;
}

}  // namespace wrcor::cli
