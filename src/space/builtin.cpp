#include "wrcor/space/builtin.h"

namespace wrcor {

const Registry<SpaceFactory>& spaces() {
  static const Registry<SpaceFactory> registry = [] {
    Registry<SpaceFactory> all("space", "spaces");
    all.add("nb201", "NAS-Bench-201 topology: 15,625 cells of 4 nodes and 5 operations",
            [](const MacroSettings& macro) { return std::make_unique<NasBench201>(macro); });
    return all;
  }();
  return registry;
}

}  // namespace wrcor
