#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "score/benchmark_table.h"
#include "score/curve_table.h"
#include "score/fidelity.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// The trainings of one network in a table.
struct TrainedNetwork {
  std::vector<std::optional<double>> validation;  ///< by fidelity; higher is better
  std::vector<double> seconds;                    ///< of training from scratch, by fidelity
  std::vector<std::optional<double>> metrics;     ///< reported, never shown to a search
};

/// Trainings that simulated searches look up.
struct TrainingTable {
  std::vector<Fidelity> fidelities;  ///< the cheapest first
  /// Whether a training to a higher fidelity continues that to a lower one, as along a learning
  /// curve; otherwise it starts from scratch.
  bool continues = false;
  /// By architecture, as SearchSpace::format() writes it.
  std::unordered_map<std::string, TrainedNetwork> networks;
};

/// The networks of a benchmark, without seconds.
/// @param curves   has the figures of the fidelities; null: the benchmark has them
/// @param metrics  columns of the benchmark
/// @throws DataError for a fidelity without any figure
TrainingTable training_table(const BenchmarkTable& benchmark, std::vector<Fidelity> fidelities,
                             const CurveTable* curves, const std::vector<FigureColumn>& metrics);

/// The origin of the seconds of a fidelity.
struct KnownSeconds {
  std::size_t measured = 0;          ///< networks
  std::size_t estimated = 0;         ///< networks, from their FLOPs
  std::optional<double> error = {};  ///< of the estimates, see SecondsByFlops
};

/// Adds the seconds of the next fidelity to all networks: those of a table of times and, for the
/// other networks, estimates by fit_seconds().
/// @param column  of `times`
/// @throws DataError for seconds that are not above 0, or that decrease where trainings continue;
///         as fit_seconds()
KnownSeconds add_seconds(TrainingTable& table, const SearchSpace& space,
                         const BenchmarkTable& times, const std::string& column);

}  // namespace wrcor
