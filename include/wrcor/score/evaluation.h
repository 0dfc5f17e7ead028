#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/score/score.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// All scores of one network.
struct Evaluation {
  Status status = Status::ok;  ///< ok if any score is; else that of the first score
  std::string reason;          ///< of the first score, unless ok
  std::vector<std::pair<std::string, Score>> scores;  ///< by proxy name, in the order asked for
  Costs costs;
  /// Size of the refused memory request, if one made the evaluation fail and the size is known.
  std::optional<std::int64_t> wanted_bytes = {};

  /// The score of one proxy. @throws std::out_of_range when it was not asked for.
  const Score& score(const std::string& proxy) const;
};

/// A score is null if it is undefined, or if only its logarithm can be represented, in `log10`:
///
/// {"status", "reason"?, "wanted_bytes"?, "scores": {name: number|null}, "raw"?: {name:
/// number|"nan"|"inf"|"-inf"}, "statuses"?: {name: text}, "reasons"?: {name: text}, "notes"?:
/// {name: text}, "log10"?: {name: number}, "repeats"?: {name: [number]}, "params", "flops"}. `raw`
/// holds the scores that are not ok; `statuses` those of them with another status than the
/// evaluation's, or in an ok one than degenerate; `reasons` those with another reason.
nlohmann::ordered_json to_json(const Evaluation& evaluation);

/// Inverse of to_json, exact to the last bit. @throws nlohmann::json::exception,
/// std::invalid_argument for other input.
Evaluation evaluation_from_json(const nlohmann::ordered_json& json);

/// An evaluation in a fifth of its memory, for thousands of them: its JSON as CBOR, which is exact
/// to the last bit.
class PackedEvaluation {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): it is the same thing
  PackedEvaluation(const Evaluation& evaluation = {});
  Evaluation unpacked() const;

 private:
  std::vector<std::uint8_t> cbor_;
};

}  // namespace wrcor
