#pragma once

namespace wrcor::cli {

/// Replaces this process by the engine, which starts over with the same command line; process id
/// and streams stay. @throws RunError when the engine cannot be started
[[noreturn]] void become_engine(char** argv);

/// Whether libtorch might find a CUDA device here; only the engine knows for sure.
bool may_have_cuda();

}  // namespace wrcor::cli
