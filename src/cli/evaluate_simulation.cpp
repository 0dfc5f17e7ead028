#include "evaluate_simulation.h"

#include "search/simulated_search.h"

namespace wrcor::cli {
namespace {

/// @param columns  of the metrics, whose figures the searches report with the sign of the benchmark
SearchTable search_table(const Scorer& scorer, const BenchmarkTable& benchmark,
                         const std::vector<FigureColumn>& columns,
                         const std::vector<std::string>& archs) {
  SearchTable table{scorer.rule, {}};
  for (std::size_t k = 0; k < scorer.scored.size(); ++k) {
    const std::string& arch = archs[scorer.scored[k]];
    const auto row = benchmark.find(arch);
    TableEntry& entry = table.rows[arch];
    entry.scores = scorer.members[k];
    for (const FigureColumn& column : columns)
      entry.metrics.push_back(row ? benchmark.value(*row, column.name) : std::nullopt);
  }
  return table;
}

/// The reference figures of the benchmark's networks, without any score.
void add_references(const BenchmarkTable& benchmark, const std::vector<FigureColumn>& columns,
                    SimulationReport& report) {
  std::vector<std::vector<double>> values;  // higher is better
  for (const FigureColumn& column : columns) {
    report.optima.push_back(optimum_of(benchmark, column));
    auto& known = values.emplace_back();
    for (std::size_t row = 0; row < benchmark.size(); ++row) {
      if (const auto& figure = benchmark.value(row, column.name))
        known.push_back(column.oriented(*figure));
    }
  }
  for (const std::size_t networks : {1, 10, 100}) {
    SimulationReport::Trained trained{networks, {}};
    for (std::size_t m = 0; m < columns.size(); ++m) {
      if (values[m].size() < networks) return;
      const Spread reached = largest_of(values[m], networks);
      trained.metrics.push_back({columns[m].oriented(reached.mean), reached.deviation});
    }
    report.trained.push_back(std::move(trained));
  }
}

}  // namespace

SimulationReport simulate(const RunSpec& spec, const EvaluateOptions& options,
                          const BenchmarkTable& benchmark, const std::vector<Scorer>& scorers,
                          const std::vector<std::string>& archs) {
  SimulationReport report;
  report.metrics = options.benchmark.metrics;
  report.seed = spec.config.run.seed;
  const std::vector<FigureColumn> columns = parse_columns(options.benchmark.metrics);
  SimulatedSearches searches(*spec.space, spec.search, report.seed);
  for (const Scorer& scorer : scorers) {
    const SearchTable table = search_table(scorer, benchmark, columns, archs);
    for (const std::string& strategy : SimulatedSearches::strategies(*spec.space))
      report.rows.push_back(
          {scorer.name, searches.run(strategy, table, options.benchmark.metrics, options.runs)});
  }
  add_references(benchmark, columns, report);
  return report;
}

}  // namespace wrcor::cli
