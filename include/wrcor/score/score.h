#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wrcor {

/// What became of an evaluation or of one score.
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

/// One proxy's verdict on one network.
struct Score {
  Status status = Status::ok;
  std::string reason = {};           ///< machine-readable, empty when ok: singular, ...
  std::optional<double> value = {};  ///< finite when ok, else nothing
  double raw = 0;         ///< what the published implementation would have returned, finite or not
  std::string note = {};  ///< remark on a value that is ok, such as negative_determinant
  std::optional<double> log10 = {};  ///< of a value whose size is best read as a power of ten
  /// The score in each repeat, when the value is the mean over several.
  std::vector<double> repeats = {};

  /// @param value  degenerate (nonfinite) unless it is finite
  static Score of(double value, std::string note = {});
  static Score degenerate(std::string reason, double raw);
  static Score not_applicable(std::string reason);
};

}  // namespace wrcor
