#include "wrcor/proxy/score.h"

#include <stdexcept>

namespace wrcor {

std::string_view to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::degenerate:
      return "degenerate";
    case Status::failed:
      return "failed";
  }
  throw std::invalid_argument("unknown status");
}

Status status_from_string(std::string_view text) {
  for (Status status : {Status::ok, Status::degenerate, Status::failed}) {
    if (to_string(status) == text) return status;
  }
  throw std::invalid_argument("unknown status '" + std::string(text) + "'");
}

}  // namespace wrcor
