#pragma once

#include "core/vector_targets.h"

#include <hwy/targets.h>

namespace wrcor::test {

/// Calls work(name) once for each instruction set that this processor has and that vector code is
/// compiled for.
template <typename Work>
void for_each_vector_target(const Work& work) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::GetChosenTarget().Update(target);
    work(hwy::TargetName(target));
  }
  hwy::GetChosenTarget().DeInit();
}

}  // namespace wrcor::test
