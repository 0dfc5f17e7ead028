#include "search/training_table.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/counted.h"
#include "score/training_seconds.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

void require_figures(const TrainingTable& table) {
  for (std::size_t f = 0; f < table.fidelities.size(); ++f) {
    const bool any = std::ranges::any_of(
        table.networks, [f](const auto& entry) { return entry.second.validation[f].has_value(); });
    if (any) continue;
    const auto& [epochs, column] = table.fidelities[f];
    throw DataError(fmt::format("no network has a value of '{}' after {}", column.name,
                                counted(epochs, "epoch")));
  }
}

/// @throws DataError unless a training takes time, and more than to the fidelity before
void add(double seconds, const std::string& arch, const std::string& column, bool continues,
         TrainedNetwork& network) {
  if (seconds <= 0 || !std::isfinite(seconds)) {
    throw DataError(fmt::format("column '{}': expected seconds of training above 0 for {}, got {}",
                                column, arch, seconds));
  }
  if (continues && !network.seconds.empty() && seconds < network.seconds.back()) {
    throw DataError(
        fmt::format("column '{}': expected at least the {} seconds of fewer epochs for {}, as its "
                    "training continues, got {}",
                    column, network.seconds.back(), arch, seconds));
  }
  network.seconds.push_back(seconds);
}

}  // namespace

TrainingTable training_table(const BenchmarkTable& benchmark, std::vector<Fidelity> fidelities,
                             const CurveTable* curves, const std::vector<FigureColumn>& metrics) {
  TrainingTable table{std::move(fidelities), curves != nullptr, {}};
  for (std::size_t row = 0; row < benchmark.size(); ++row) {
    const std::string& arch = benchmark.arch(row);
    TrainedNetwork& network = table.networks[arch];
    for (const auto& [epochs, column] : table.fidelities) {
      const std::optional<double> figure = curves != nullptr
                                               ? curves->value(arch, column.name, epochs)
                                               : benchmark.value(row, column.name);
      network.validation.push_back(figure ? std::optional(column.oriented(*figure)) : std::nullopt);
    }
    for (const FigureColumn& metric : metrics)
      network.metrics.push_back(benchmark.value(row, metric.name));
  }
  require_figures(table);
  return table;
}

KnownSeconds add_seconds(TrainingTable& table, const SearchSpace& space,
                         const BenchmarkTable& times, const std::string& column) {
  // In the order of the names, so that sums have the same bits everywhere.
  std::vector<std::string> archs;
  for (const auto& [arch, network] : table.networks) archs.push_back(arch);
  std::ranges::sort(archs);

  std::vector<double> flops, measured;
  std::vector<std::pair<std::string, double>> unknown;  // architecture and FLOPs
  for (const std::string& arch : archs) {
    std::optional<double> seconds;
    if (const auto row = times.find(arch)) seconds = times.value(*row, column);
    const auto its_flops = static_cast<double>(space.costs(space.parse(arch)).flops);
    if (!seconds) {
      unknown.emplace_back(arch, its_flops);
      continue;
    }
    add(*seconds, arch, column, table.continues, table.networks.at(arch));
    flops.push_back(its_flops);
    measured.push_back(*seconds);
  }
  KnownSeconds known{measured.size(), unknown.size(), {}};
  if (unknown.empty()) return known;
  const SecondsByFlops fit = fit_seconds(flops, measured);
  known.error = fit.error;
  for (const auto& [arch, its_flops] : unknown)
    add(fit.estimate(its_flops), arch, column, table.continues, table.networks.at(arch));
  return known;
}

}  // namespace wrcor
