#include <spdlog/spdlog.h>

#include <memory>
#include <optional>

#include "../architecture.h"
#include "../commands.h"
#include "../options.h"
#include "../output.h"
#include "new_folder.h"
#include "wrcor/config/chosen_space.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/processor.h"
#include "wrcor/eval/device.h"
#include "wrcor/report/download_progress.h"
#include "wrcor/report/training_report.h"
#include "wrcor/run/chosen_device.h"
#include "wrcor/run/train_run.h"

namespace wrcor::cli {
namespace {

struct TrainOptions {
  ConfigSources sources;
  std::string out;
  bool resume = false;
  std::string format = "table";
};

/// The configuration with the architecture as a string.
Config effective_config(TrainOptions options) {
  if (options.resume) {
    if (options.out.empty()) throw UsageError("--resume: name the training's folder with --out");
    const TrainingDirectory directory{options.out};
    directory.require_run();
    if (!options.sources.file) {
      options.sources.file = directory.config();
      options.sources.recorded = true;
      options.sources.environment.clear();  // the training's own settings count
    }
  }
  Config config = load_config(options.sources);
  if (config.train.arch.empty()) {
    throw UsageError(std::string("no architecture to train; name one: ") + architecture_forms);
  }
  const auto space = make_space(config);
  config.train.arch = space->format(read_architecture(*space, config.train.arch));
  return config;
}

/// Writes epochs as they end, in one of the forms with a line per epoch.
class EpochLines {
 public:
  EpochLines(const std::string& format, TrainingProgressLine& progress)
      : format_(format), progress_(progress) {}

  void write(const EpochMetrics& metrics) {
    if (format_ == "json") return;
    progress_.clear();
    const bool csv = format_ == "csv";
    if (!begun_) write_output(csv ? epoch_csv_header() : epoch_table_header());
    begun_ = true;
    write_output(csv ? epoch_csv_row(metrics) : epoch_table_row(metrics));
  }

 private:
  std::string format_;
  TrainingProgressLine& progress_;
  bool begun_ = false;
};

void run_train(const TrainOptions& options) {
  const Config config = effective_config(options);
  const NewFolder folder(options.out,
                         fmt::format("train-{}-seed{}", config.data.name, config.run.seed));
  const TrainingDirectory directory{folder.path()};
  TrainingResult result;
  {
    TrainingProgressLine progress;
    EpochLines lines(options.format, progress);
    result =
        run_training(config, directory, options.resume,
                     {.progress = [&](const TrainingProgress& state) { progress.update(state); },
                      .epoch = [&](const EpochMetrics& metrics) { lines.write(metrics); },
                      .download = download_progress()});
  }
  if (options.format == "json") write_output(to_json(result, config).dump(2) + "\n");
  spdlog::info("{}", summary_line(result));
  spdlog::info("the weights: {}", directory.weights().string());
}

std::vector<std::string> settings_of_trainings() {
  std::vector<std::string> keys;
  for (const Setting& setting : settings()) {
    if (setting.serves(Purpose::training)) keys.push_back(setting.key);
  }
  return keys;
}

}  // namespace

void setup_train(CLI::App& command) {
  auto options = std::make_shared<TrainOptions>();
  options->sources.defaults["run.threads"] = std::to_string(usable_cores());
  options->sources.purpose = Purpose::training;
  options->sources.resolve = choose_device;
  options->sources.checks = {
      {{"run.device"}, [](const Config& config) { resolve_device(config.run.device); }}};
  add_settings(command, settings_of_trainings(), options->sources);
  command
      .add_option_function<std::string>(
          "architecture",
          [options](const std::string& text) { options->sources.flags["train.arch"] = text; },
          std::string(architecture_forms) +
              ";\nof a run the architecture alone, not its sizes; the same as --arch")
      ->excludes("--arch");
  command
      .add_option("--out", options->out,
                  "folder of the training (default runs/<time>-train-<data>-seed<seed>)")
      ->type_name("DIR");
  command.add_flag("--resume", options->resume,
                   "go on with the training in --out, with its own settings");
  add_choice(command, "--format", options->format, {"table", "csv", "json"},
             "form of the output: a line an epoch, or at the end what result.json has");
  set_example(command, "wrcor train runs/first#1 --data cifar10 --epochs 12 --out runs/trained");
  set_action(
      command, [options] { run_train(*options); },
      [options]() -> std::vector<std::filesystem::path> {
        if (options->out.empty()) return {};  // a new folder
        const TrainingDirectory run{options->out};
        return {run.config(),  run.metrics(), run.checkpoint(),
                run.weights(), run.result(),  run.lock()};
      });
}

}  // namespace wrcor::cli
