#include <memory>
#include <string>
#include <vector>

#include "architecture.h"
#include "commands.h"
#include "core/processor.h"
#include "options.h"
#include "record/run_directory.h"
#include "wrcor/config/settings.h"

namespace wrcor::cli {
namespace {

std::vector<std::string> settings_of_trainings() {
  std::vector<std::string> keys;
  for (const Setting& setting : settings()) {
    if (setting.serves(Purpose::training)) keys.push_back(setting.key);
  }
  return keys;
}

}  // namespace

void setup_train(CLI::App& command, const Run<TrainOptions>& run) {
  auto options = std::make_shared<TrainOptions>();
  options->sources.defaults["run.threads"] = std::to_string(usable_cores());
  options->sources.purpose = Purpose::training;
  add_settings(command, settings_of_trainings(), options->sources);
  command
      .add_option_function<std::string>(
          "architecture",
          [options](const std::string& text) { options->sources.flags["train.arch"] = text; },
          std::string(architecture_forms) +
              ";\nonly the architecture of a run is used, not its sizes; the same as --arch")
      ->excludes("--arch");
  add_path(command, "--out", options->out, "DIR",
           "folder of the training (default runs/<time>-train-<data>-seed<seed>)");
  command.add_flag("--resume", options->resume,
                   "continue the training in --out, with its own settings");
  add_choice(command, "--format", options->format, {"table", "csv", "json"},
             "form of the output: one line per epoch, or the content of result.json at the end");
  set_example(command, "wrcor train runs/first#1 --data cifar10 --epochs 12 --out runs/trained");
  set_action(
      command, [options, run] { run(*options); },
      [options]() -> std::vector<std::filesystem::path> {
        if (options->out.empty()) return {};  // a new folder
        return TrainingDirectory{options->out}.files();
      });
}

}  // namespace wrcor::cli
