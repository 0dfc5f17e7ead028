#include "search/training_ledger.h"

#include "core/counted.h"
#include "wrcor/core/error.h"

namespace wrcor {

void TrainingLedger::spend(double seconds) {
  spent_ += seconds;
  if (spent_ > budget_) over_ = true;
}

std::optional<double> TrainingLedger::train(const std::string& arch, std::size_t fidelity) {
  const auto found = table_.networks.find(arch);
  if (found == table_.networks.end()) {
    throw DataError("the benchmark has no row for " + arch +
                    ", which a search trains; a search needs a table of the whole space");
  }
  const TrainedNetwork& network = found->second;
  const std::optional<double>& validation = network.validation[fidelity];
  if (!validation) {
    const Fidelity& wanted = table_.fidelities[fidelity];
    throw DataError("no " + wanted.column.name + " after " + counted(wanted.epochs, "epoch") +
                    " of " + arch + ", which a search trains; give it one");
  }
  if (over_) return std::nullopt;
  const auto known = trained_.find(arch);
  const std::vector<bool> none(table_.fidelities.size());
  const double seconds = cost(network, known == trained_.end() ? none : known->second, fidelity);
  if (spent_ + seconds > budget_) {
    over_ = true;
    return std::nullopt;
  }
  spent_ += seconds;
  trained_.try_emplace(arch, none).first->second[fidelity] = true;
  note_incumbent(network, fidelity, *validation);
  return validation;
}

double TrainingLedger::cost(const TrainedNetwork& network, const std::vector<bool>& done,
                            std::size_t fidelity) const {
  if (done[fidelity]) return 0;
  if (!table_.continues) return network.seconds[fidelity];
  for (std::size_t higher = fidelity + 1; higher < done.size(); ++higher) {
    if (done[higher]) return 0;
  }
  for (std::size_t lower = fidelity; lower-- > 0;) {
    if (done[lower]) return network.seconds[fidelity] - network.seconds[lower];
  }
  return network.seconds[fidelity];
}

void TrainingLedger::note_incumbent(const TrainedNetwork& network, std::size_t fidelity,
                                    double validation) {
  const bool better = incumbents_.empty() || fidelity > best_fidelity_ ||
                      (fidelity == best_fidelity_ && validation > best_validation_);
  if (!better) return;
  incumbents_.push_back({spent_, &network});
  best_fidelity_ = fidelity;
  best_validation_ = validation;
}

}  // namespace wrcor
