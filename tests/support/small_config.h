#pragma once

#include "wrcor/config/config.h"

namespace wrcor::test {

/// Networks of 4 channels and one cell per stage, scored by wrcor with 8 synthetic images on one
/// worker of the CPU.
inline Config small_config() {
  Config config;
  config.score.proxies = {"wrcor"};
  config.space.options["channels"] = 4;
  config.space.options["cells"] = 1;
  config.data.batch_size = 8;
  config.run.seed = 3;
  config.run.device = "cpu";
  config.run.workers = 1;
  return config;
}

}  // namespace wrcor::test
