#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wrcor/space/search_space.h"

namespace wrcor {

/// Outcome of an evaluation or of one score.
enum class Status {
  ok,
  degenerate,      ///< the score is undefined for this network; the reason says why
  not_applicable,  ///< the definition does not fit this kind of network or minibatch
  failed,          ///< it could not be computed: out of memory
};

inline constexpr Status all_statuses[] = {Status::ok, Status::degenerate, Status::not_applicable,
                                          Status::failed};

std::string_view to_string(Status status);
/// @throws std::invalid_argument
Status status_from_string(std::string_view text);

/// One proxy's score of one network.
struct Score {
  Status status = Status::ok;
  std::string reason = {};  ///< machine-readable, empty when ok: singular, ...
  /// Finite when ok; nothing otherwise, and when only its logarithm can be represented: see log10.
  std::optional<double> value = {};
  double raw = 0;         ///< what the published implementation would have returned, finite or not
  std::string note = {};  ///< remark on a value that is ok, such as negative_determinant
  /// Of a positive value whose size is best read as a power of ten. A value outside the range of
  /// double has only this, with the note `overflow` or `underflow`.
  std::optional<double> log10 = {};
  /// The score in each repeat, when the value is the mean over several.
  std::vector<double> repeats = {};

  /// @param value  degenerate (nonfinite) unless it is finite
  static Score of(double value, std::string note = {});
  /// factor * 2^exponent, with its logarithm. @param factor  finite, above 0
  static Score of_power(double factor, int exponent);
  /// A value outside the range of double, given by its logarithm.
  static Score beyond_double(double log10);
  static Score degenerate(std::string reason, double raw);
  static Score not_applicable(std::string reason);

  /// The value that orders scores of one proxy: the logarithm, if they have one, else the value;
  /// nothing when the score is undefined.
  std::optional<double> order() const { return log10 ? log10 : value; }
};

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
