#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

}  // namespace wrcor
