#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/record/progress.h"
#include "wrcor/run/workbench.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// Receives one architecture's evaluation.
using EvaluationSink = std::function<void(const std::string& arch, const Evaluation& evaluation)>;

/// Scores each architecture exactly as it is, dead branches included, and hands the evaluations
/// over in the order of `architectures`, each as soon as it and all before it are done.
/// @param repeats  that each score is averaged over
/// @throws Interrupted after a signal, once everything that was finished in order has been handed
/// over
void score_architectures(const Workbench& bench, const std::vector<Genotype>& architectures,
                         int repeats, const EvaluationSink& sink, const ProgressSink& progress);
/// The same over all repeats that the workbench draws.
void score_architectures(const Workbench& bench, const std::vector<Genotype>& architectures,
                         const EvaluationSink& sink, const ProgressSink& progress);

/// Scores one architecture with the weights of a file written by `torch.save` (a dictionary name ->
/// tensor).
/// @throws DataError when the file does not hold exactly this network's tensors
Evaluation score_with_weights(const Workbench& bench, const Genotype& architecture,
                              const std::filesystem::path& weights);

}  // namespace wrcor
