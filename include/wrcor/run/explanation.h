#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/data/download.h"
#include "wrcor/run/search_run.h"
#include "wrcor/score/evaluation.h"
#include "wrcor/score/response_part.h"

namespace wrcor {

/// An explanation of an architecture's scores, and their uncertainty.
struct Explanation {
  /// Of one proxy. A list is empty if one of its scores is undefined.
  struct ProxyFacts {
    std::string proxy;
    bool higher_is_better = true;
    std::vector<double> weights;       ///< scores under draws of weights, on one minibatch
    std::vector<double> minibatches;   ///< scores on several minibatches, under one draw of weights
    std::vector<double> random_cells;  ///< defined scores of random cells, under one draw
    std::size_t beaten = 0;  ///< random cells with a worse score under the same draw, or no score
  };
  /// The effect of another choice in one decision.
  struct Change {
    std::string decision;  ///< "edge 0->1"
    std::string value;     ///< the current choice
    std::string other;     ///< the other choice
    /// By proxy, the other architecture's score minus this one's; nothing if one is undefined.
    std::vector<std::optional<double>> differences;
  };

  std::string arch;
  Evaluation evaluation;  ///< mean over the draws of weights
  std::vector<ProxyFacts> proxies;
  std::vector<Change> changes;
  std::vector<ResponsePart> parts;  ///< of K of WRCor
  std::size_t drawn = 0;            ///< random cells
};

/// Explains an architecture's scores by evaluating it over config.score.repeats draws of weights
/// and as many minibatches, together with random architectures and its own neighbours.
/// @param random_cells  how many are drawn
/// @throws as make_workbench(); Interrupted
Explanation explain(const Config& config, const std::string& arch, std::size_t random_cells,
                    const ProgressSink& progress, const DownloadSink& download = {});

}  // namespace wrcor
