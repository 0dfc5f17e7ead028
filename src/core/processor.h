#pragma once

#include <string>

namespace wrcor {

/// Processors that this process may run on (affinity mask), at least 1.
int usable_cores();

/// The processor's name for itself, such as "AMD EPYC 7763 64-Core Processor"; "unknown" if the
/// system does not report it.
std::string processor_name();

}  // namespace wrcor
