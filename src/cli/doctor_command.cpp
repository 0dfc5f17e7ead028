#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "options.h"

namespace wrcor::cli {

void setup_doctor(CLI::App& command, const Run<DoctorOptions>& run) {
  auto options = std::make_shared<DoctorOptions>();
  command
      .add_option("--golden", options->golden_folders,
                  "instead, recompute the golden scores of these folders and compare")
      ->type_name("DIR");
  command.add_flag("--self-test", options->self_test,
                   "instead, recompute the golden scores in the program and say in one line "
                   "whether this build can be trusted");
  add_settings(command, {"data.root", "run.device"}, options->sources);
  options->sources.used = {"data.root"};
  set_example(command, "wrcor doctor");
  set_action(command, [options, run] { run(*options); });
}

}  // namespace wrcor::cli
