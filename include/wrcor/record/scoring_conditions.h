#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "wrcor/record/platform.h"

namespace wrcor {

/// What scores depend on, besides the settings, the architecture and the proxy.
struct ScoringConditions {
  nlohmann::ordered_json batch;  ///< {"dataset", "classes", "size", "sha256"} of the minibatch
  std::string device_kind;       ///< "cpu" or "cuda": scores of different kinds are not mixed
  int networks_per_batch = 1;    ///< that a worker evaluates together
  Platform platform;
};

/// The first members of a document of a search: {"schema_version", "tool": {"name", "version"},
/// "scoring_revision", "libtorch", "device"}.
nlohmann::ordered_json program_json(int schema_version, const ScoringConditions& conditions);

}  // namespace wrcor
