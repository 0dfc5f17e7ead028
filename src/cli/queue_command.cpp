#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "core/table.h"
#include "options.h"
#include "output.h"
#include "queue/queue_status.h"

namespace wrcor::cli {
namespace {

struct QueueStatusOptions {
  std::string address;
  std::string password_file;
  std::string format = "table";
};

std::string state_of(const QueueStatus& queue) {
  if (queue.offer.finished) return "finished";
  return queue.has_coordinator ? "running" : "no coordinator";
}

std::string queue_table(const std::vector<QueueStatus>& queues) {
  std::vector<std::vector<std::string>> rows, workers;
  for (const QueueStatus& queue : queues) {
    rows.push_back({queue.name, state_of(queue), queue.offer.coordinator,
                    std::to_string(queue.waiting), std::to_string(queue.held),
                    std::to_string(queue.results), std::to_string(queue.workers.size())});
    for (const WorkerCard& worker : queue.workers) {
      workers.push_back({worker.id, queue.name, worker.device, std::to_string(worker.evaluated)});
    }
  }
  std::string text = format_table(
      {"queue", "state", "coordinator", "waiting", "held", "results", "workers"}, rows);
  if (!workers.empty())
    text += "\n" + format_table({"worker", "queue", "device", "evaluated"}, workers);
  return text;
}

void run_queue_status(const QueueStatusOptions& options) {
  const std::vector<QueueStatus> queues = read_queue_status(
      {QueueAddress::parse(options.address), queue_password(options.password_file)});
  write_output(options.format == "json" ? to_json(queues).dump(2) + "\n" : queue_table(queues));
}

}  // namespace

void setup_queue(CLI::App& queue) {
  queue.require_subcommand(1);
  auto options = std::make_shared<QueueStatusOptions>();
  CLI::App* command =
      queue.add_subcommand("status", "the searches, workers and items of a queue, or of a server");
  command
      ->add_option(
          "url", options->address,
          "address of a queue, as in wrcor search --queue; without NAME, all of the server")
      ->required()
      ->type_name("URL");
  command
      ->add_option("--queue-password-file", options->password_file,
                   "file whose first line is the password; without it, WRCOR_QUEUE_PASSWORD")
      ->type_name("FILE");
  add_choice(*command, "--format", options->format, {"table", "json"}, "form of the output");
  set_example(*command, "wrcor queue status redis://head/search1");
  set_action(*command, [options] { run_queue_status(*options); });
  set_example(queue, "wrcor queue status redis://head");
}

}  // namespace wrcor::cli
