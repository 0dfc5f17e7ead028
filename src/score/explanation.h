#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "score/response_part.h"
#include "wrcor/score/evaluation.h"

namespace wrcor {

/// Why an architecture scores as it does, and how certain that is.
struct Explanation {
  /// Of one proxy. A list is empty if one of its scores is undefined.
  struct ProxyExplanation {
    std::string proxy;
    bool higher_is_better = true;
    std::vector<double> weights;       ///< scores under draws of weights, on one minibatch
    std::vector<double> minibatches;   ///< scores on several minibatches, under one draw of weights
    std::vector<double> random_cells;  ///< defined scores of cells drawn at random, with one draw
    std::size_t outscored = 0;  ///< random cells with a worse score by the same draw, or none
  };
  /// The effect of another choice in one decision.
  struct Change {
    std::string decision;  ///< "edge 0->1"
    std::string value;     ///< as it is
    std::string other;     ///< as it might be
    /// By proxy, the other architecture's score less this one's; nothing where one is undefined.
    std::vector<std::optional<double>> differences;
  };

  std::string arch;
  Evaluation evaluation;  ///< mean over the draws of weights
  std::vector<ProxyExplanation> proxies;
  std::vector<Change> changes;
  std::vector<ResponsePart> parts;  ///< of K of WRCor
  std::size_t drawn = 0;            ///< random cells
};

}  // namespace wrcor
