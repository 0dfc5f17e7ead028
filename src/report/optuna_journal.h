#pragma once

#include <string>

#include "record/finished_run.h"

namespace wrcor {

/// A run as a journal of Optuna (JournalFileBackend): one study with a trial for every class of
/// architectures, in the order in which they were met. Parameters are the decisions of the space;
/// values are the value that ordered the ranking and, if any were, the costs that were minimised.
/// An architecture without a value is a failed trial. Everything else that the run records about it
/// is a user attribute.
/// Source: `JournalStorage` of Optuna 3 to 5.
/// @param study  its name
/// @throws DataError when the run does not record its time
std::string optuna_journal(const FinishedRun& run, const std::string& study);

}  // namespace wrcor
