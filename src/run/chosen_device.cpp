#include "run/chosen_device.h"

#include "eval/device.h"
#include "wrcor/core/error.h"

namespace wrcor {

void choose_device(Config& config) {
  try {
    config.run.device = resolve_device(config.run.device).str();
  } catch (const UsageError&) {
    // The user of the device reports the error.
  }
}

}  // namespace wrcor
