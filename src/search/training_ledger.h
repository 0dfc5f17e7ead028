#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "search/training_table.h"

namespace wrcor {

/// The account of one simulated search: the networks that it has trained, the time that took, and
/// the network that it would answer with. A training that does not end within the budget has no
/// outcome and ends the search.
class TrainingLedger {
 public:
  /// A network that was the answer from a moment on.
  struct Incumbent {
    double seconds = 0;
    const TrainedNetwork* network = nullptr;
  };

  /// @param table   outlives the ledger
  /// @param budget  in seconds
  TrainingLedger(const TrainingTable& table, double budget) : table_(table), budget_(budget) {}

  /// Spends seconds on something other than training.
  void spend(double seconds);

  /// Trains a network, unless it has been: then the outcome is known, and costs nothing.
  /// @return its validation figure; nothing when the budget does not suffice
  /// @throws DataError when the table lacks the network, or its figure
  std::optional<double> train(const std::string& arch, std::size_t fidelity);

  /// Whether the budget is spent.
  bool over() const { return over_; }
  double spent() const { return spent_; }
  /// The number of different networks that were trained.
  std::size_t trained() const { return trained_.size(); }
  /// In the order of time. The answer is the network with the best validation figure among those
  /// of the highest fidelity that any was trained to; the first of equals.
  const std::vector<Incumbent>& incumbents() const { return incumbents_; }

 private:
  double cost(const TrainedNetwork& network, const std::vector<bool>& done,
              std::size_t fidelity) const;
  void note_incumbent(const TrainedNetwork& network, std::size_t fidelity, double validation);

  const TrainingTable& table_;
  double budget_;
  double spent_ = 0;
  bool over_ = false;
  std::unordered_map<std::string, std::vector<bool>> trained_;  ///< by architecture and fidelity
  std::vector<Incumbent> incumbents_;
  std::size_t best_fidelity_ = 0;  ///< of the last incumbent
  double best_validation_ = 0;
};

}  // namespace wrcor
