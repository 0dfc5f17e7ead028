#include <limits>
#include "config/internal/sections.h"
#include "config/internal/setting_makers.h"

namespace wrcor {

using namespace setting_makers;

std::vector<Setting> run_settings() {
  Setting device = text(MEMBER(run.device), "--device", "DEVICE",
                        "where networks run; auto takes CUDA when it is usable");
  device.pattern = "^(auto|cpu|cuda(:(0|[1-9][0-9]{0,2}))?)$";
  device.pattern_words = "auto, cpu, cuda or cuda:K";
  device.scope = Scope::source;
  Setting workers =
      integer(MEMBER(run.workers), "--workers", 0, 1024,
              "parallel evaluations; never changes a result; 0: chosen by the program");
  workers.zero_name = "auto";
  workers.scope = Scope::nothing;
  // It changes the last digits of scores, like run.threads. Its key is that of earlier versions.
  Setting networks_per_batch = with_scope(
      Scope::search,
      integer(
          MEMBER(run.networks_per_batch), "--networks-per-batch", 0, 4096,
          "networks per batch of a worker; 0: one on the CPU, as many as fit the memory on CUDA"));
  networks_per_batch.former_key = "run.at_once";
  networks_per_batch.former_flag = "--at-once";
  networks_per_batch.zero_name = "auto";
  return {
      integer(MEMBER(run.seed), "--seed", 0, std::numeric_limits<std::uint64_t>::max(),
              "seed of everything random"),
      device,
      workers,
      // They change the last digits of scores.
      with_scope(Scope::search,
                 integer(MEMBER(run.threads), "--threads", 1, 1024, "threads of each worker")),
      networks_per_batch,
      with_scope(Scope::nothing,
                 integer(MEMBER(run.max_memory), "--max-memory", 1, 1 << 30,
                         "memory limit for the tensors of a worker on the CPU, in MiB; evaluations "
                         "that need more recompute activations, or fail")),
      boolean(MEMBER(run.tf32), "--tf32", "--no-tf32",
              "CUDA: factors of products are rounded to 10 bits; faster, but changes scores"),
      with_scope(
          Scope::search,
          boolean(
              MEMBER(run.channels_last), "--channels-last", "--no-channels-last",
              "channels-last memory order for training, and on CUDA for networks evaluated alone")),
  };
}

}  // namespace wrcor
