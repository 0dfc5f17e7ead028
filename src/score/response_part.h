#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace wrcor {

/// The contribution of one response of a network, an activation or a gradient, to K, the matrix
/// whose determinant WRCor takes: weight * R, where R is its absolute correlation matrix [N, N].
/// Source: Jing et al., arXiv 2507.08841, section 3.
struct ResponsePart {
  std::string layer;      ///< name of the layer that makes the activation, or that has the gradient
                          ///< at its input
  bool gradient = false;  ///< of the loss; else the activation
  int unit = 0;           ///< top-level element of the network, from 0
  double weight = 0;      ///< 2^unit times how often the response counts
  double norm = 0;        ///< Frobenius norm of weight * R; 0 for a response that is dropped
  double share = 0;       ///< of the sum of all norms, 0..1
  double correlation = 0;  ///< mean of R off the diagonal: 0 distinguishes all images, 1 none
  /// The score with the response minus the score without it; nothing when the latter is undefined.
  std::optional<double> effect = {};
};

/// {"layer", "side": "activation"|"gradient", "unit", "weight", "norm", "share", "correlation",
/// "effect": number|null}
nlohmann::ordered_json to_json(const ResponsePart& part);
nlohmann::ordered_json response_part_schema();

}  // namespace wrcor
