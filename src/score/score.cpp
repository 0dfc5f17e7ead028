#include "wrcor/score/evaluation.h"

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

Score Score::of_power(double factor, int exponent) {
  const double value = std::ldexp(factor, exponent);
  if (!std::isnormal(value)) return beyond_double(std::log10(factor) + exponent * std::log10(2.0));
  Score score = of(value);
  score.log10 = std::log10(value);
  return score;
}

Score Score::beyond_double(double log10) {
  Score score;
  score.raw = log10 > 0 ? std::numeric_limits<double>::infinity() : 0;
  score.log10 = log10;
  score.note = log10 > 0 ? "overflow" : "underflow";
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
