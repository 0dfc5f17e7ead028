#include <spdlog/spdlog.h>

#include "core/counted.h"
#include "run/chosen_device.h"
#include "run/queue_worker.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

QueueAddress address_of(const WorkerOptions& options) {
  try {
    return QueueAddress::parse_named(options.queue);
  } catch (const UsageError& error) {
    throw UsageError(std::string("--queue: ") + error.what());
  }
}

}  // namespace

void run_worker_command(const WorkerOptions& options) {
  ConfigSources sources = options.sources;
  sources.resolve = choose_device;
  const std::int64_t evaluated =
      run_worker({.access = {address_of(options), queue_password(options.password_file)},
                  .local = load_config(sources),
                  .max_idle = static_cast<double>(options.max_idle)});
  spdlog::info("{} evaluated", counted(evaluated, "network"));
}

}  // namespace wrcor::cli
