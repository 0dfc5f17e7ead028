#include <memory>

#include "commands.h"
#include "options.h"

namespace wrcor::cli {

void setup_worker(CLI::App& command, const Run<WorkerOptions>& run) {
  auto options = std::make_shared<WorkerOptions>();
  command
      .add_option("--queue", options->queue,
                  "queue of a search: redis://HOST:PORT/NAME, rediss:// with TLS, or "
                  "unix:///PATH?name=NAME")
      ->required()
      ->type_name("URL");
  command
      .add_option("--queue-password-file", options->password_file,
                  "file whose first line is the password of the queue; without it, "
                  "WRCOR_QUEUE_PASSWORD")
      ->type_name("FILE");
  add_whole_number(command, "--max-idle", options->max_idle, 1, 999'999'999,
                   "seconds without work after which the worker ends");
  add_settings(command, {"run.device", "run.workers", "run.max_memory"}, options->sources);
  options->sources.taken = {"run.device", "run.workers", "run.max_memory"};
  set_example(command, "wrcor worker --queue redis://head/search1");
  set_action(command, [options, run] { run(*options); });
}

}  // namespace wrcor::cli
