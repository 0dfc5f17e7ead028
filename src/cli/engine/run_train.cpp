#include <spdlog/spdlog.h>

#include <memory>
#include <optional>

#include "../architecture.h"
#include "../options.h"
#include "../output.h"
#include "core/processor.h"
#include "eval/device.h"
#include "new_folder.h"
#include "record/run_folder.h"
#include "report/download_progress.h"
#include "report/training_report.h"
#include "run/chosen_device.h"
#include "run/train_run.h"
#include "runs.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

/// With the architecture as a string.
RunSpec training_spec(const TrainOptions& options) {
  ConfigSources sources = options.sources;
  sources.resolve = choose_device;
  sources.checks = {
      {{"run.device"}, [](const Config& config) { resolve_device(config.run.device); }}};
  if (options.resume) {
    if (options.out.empty()) throw UsageError("--resume: name the training's folder with --out");
    const TrainingDirectory directory{options.out};
    directory.require_run();
    if (!sources.file) continue_with_settings(sources, directory.config());
  }
  const Config config = load_config(sources);
  if (config.train.arch.empty()) {
    throw UsageError(std::string("no architecture to train; name one: ") + architecture_forms);
  }
  RunSpec spec = resolve(config);
  std::string& arch = spec.config.train.arch;
  arch = spec.space->format(read_architecture(*spec.space, arch));
  return spec;
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

}  // namespace

void run_train(const TrainOptions& options) {
  const RunSpec spec = training_spec(options);
  const Config& config = spec.config;
  const NewFolder folder(options.out,
                         fmt::format("train-{}-seed{}", config.data.name, config.run.seed));
  const TrainingDirectory directory{folder.path()};
  TrainingResult result;
  {
    TrainingProgressLine progress;
    EpochLines lines(options.format, progress);
    result =
        run_training(spec, directory, options.resume,
                     {.progress = [&](const TrainingProgress& state) { progress.update(state); },
                      .epoch = [&](const EpochMetrics& metrics) { lines.write(metrics); },
                      .download = download_progress()});
  }
  if (options.format == "json") write_output(to_json(result, spec).dump(2) + "\n");
  spdlog::info("{}", summary_line(result));
  spdlog::info("the weights: {}", directory.weights().string());
}

}  // namespace wrcor::cli
