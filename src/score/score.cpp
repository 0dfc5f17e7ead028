#include "wrcor/score/score.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace wrcor {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::degenerate:
      return "degenerate";
    case Status::not_applicable:
      return "not_applicable";
    case Status::failed:
      return "failed";
  }
  throw std::invalid_argument("unknown status");
}

Status status_from_string(std::string_view text) {
  for (const Status status : all_statuses) {
    if (to_string(status) == text) return status;
  }
  throw std::invalid_argument("unknown status '" + std::string(text) + "'");
}

Score Score::of(double value, std::string note) {
  if (!std::isfinite(value)) return degenerate("nonfinite", value);
  Score score;
  score.value = score.raw = value;
  score.note = std::move(note);
  return score;
}

Score Score::degenerate(std::string reason, double raw) {
  Score score;
  score.status = Status::degenerate;
  score.reason = std::move(reason);
  score.raw = raw;
  return score;
}

Score Score::not_applicable(std::string reason) {
  Score score = degenerate(std::move(reason), std::numeric_limits<double>::quiet_NaN());
  score.status = Status::not_applicable;
  return score;
}

}  // namespace wrcor
