#include "wrcor/run/chosen_device.h"

#include "wrcor/core/error.h"
#include "wrcor/eval/device.h"

namespace wrcor {

void choose_device(Config& config) {
  try {
    config.run.device = resolve_device(config.run.device).str();
  } catch (const UsageError&) {
    // Whoever uses the device says what is wrong with it.
  }
}

}  // namespace wrcor
