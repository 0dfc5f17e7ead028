#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wrcor {

/// What became of an evaluation or of one score.
enum class Status {
  ok,
  degenerate,  ///< the score is undefined for this network; the reason says why
  failed,      ///< it could not be computed: out of memory
};

std::string_view to_string(Status status);
/// @throws std::invalid_argument
Status status_from_string(std::string_view text);

/// One proxy's verdict on one network.
struct Score {
  Status status = Status::ok;
  std::string reason;           ///< machine-readable, empty when ok: disconnected, singular, ...
  std::optional<double> value;  ///< finite when ok, else nothing; higher is better
  double raw = 0;         ///< what the published implementation would have returned, finite or not
  std::string note = {};  ///< remark on a value that is ok, such as negative_determinant
};

}  // namespace wrcor
