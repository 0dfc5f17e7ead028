#include "run/train_run.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>

#include "core/counted.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/out_of_memory.h"
#include "eval/device.h"
#include "internal/resources.h"
#include "internal/train_checkpoint.h"
#include "internal/train_images.h"
#include "minibatch/tensor_file.h"
#include "nn/draws.h"
#include "record/metrics_file.h"
#include "record/run_folder.h"
#include "report/training_report.h"
#include "run/interrupt.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/core/error.h"
#include "wrcor/core/random.h"

namespace wrcor {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string resume_command(const TrainingDirectory& directory) {
  return "wrcor train --resume --out " + shell_word(directory.path.string());
}

void require_no_run(const TrainingDirectory& directory, const std::string& settings) {
  if (directory.holds_run()) {
    throw UsageError("'" + directory.path.string() +
                     "' holds a training; continue it with --resume, or choose another --out");
  }
  for (const auto& other :
       {directory.metrics(), directory.metrics_table(), directory.weights(), directory.result()}) {
    if (file_exists(other)) throw not_of_this("training", other);
  }
  require_no_other_config(directory.config(), settings, "training");
}

TrainingRecipe recipe_of(const RunSpec& spec) {
  const Config& config = spec.config;
  return {.epochs = config.train.epochs,
          .batch_size = config.train.batch_size,
          .learning_rate = config.train.learning_rate,
          .momentum = config.train.momentum,
          .weight_decay = config.train.weight_decay,
          .augment = config.data.augment,
          .seed = spec.seeds.training};
}

/// The network with drawn weights.
TrainableNetwork drawn_network(const RunSpec& spec, NetworkPlan plan, at::Device device) {
  // The same as those of the first repeat, which score and search use.
  const std::uint64_t seed =
      weights_seed(spec.seeds.weights, /*repeat=*/0, WeightsMode::shared, spec.config.train.arch);
  const WeightBank drawn(seed, Initialisation::standard, device);
  return TrainableNetwork(std::move(plan), drawn, device);
}

/// Throws after a signal.
void stop_point(const std::string& where) {
  if (InterruptGuard::signal() != 0)
    throw Interrupted(InterruptGuard::signal(), "interrupted " + where);
}

/// A training from its images to its result, in its own folder.
class TrainingRun {
 public:
  TrainingRun(const RunSpec& spec, const TrainingDirectory& directory, const TrainingSinks& sinks)
      : spec_(spec),
        config_(spec.config),
        directory_(directory),
        sinks_(sinks),
        device_(prepare_machine(config_)),
        recipe_(recipe_of(spec)),
        placement_{device_, config_.run.channels_last},
        images_(read_training_images(spec, sinks.download,
                                     [] { stop_point("before the training began"); })),
        genotype_(spec.space->parse(config_.train.arch)),
        network_(drawn_network(spec, spec.space->plan(genotype_), device_)),
        trainer_(network_, images_.training, recipe_, placement_) {
    reserve_blas_buffers(config_.run.threads);
    result_.arch = spec.space->format(genotype_);
    result_.costs = spec.space->costs(genotype_);
    result_.data = images_.description();
    result_.device_kind = device_.is_cuda() ? "cuda" : "cpu";
    result_.device = device_.str();
    result_.started = utc_now();
    result_.platform = this_platform(device_);
    identity_ = training_identity(config_, result_.data, result_.device_kind, result_.platform);
  }

  /// Initialises the folder of a training, which can be resumed from here on.
  void begin(const std::string& settings) {
    if (const std::string& file = config_.train.weights; !file.empty()) {
      const InterruptibleWait wait;
      const StateDict given(file, load_weights_file(file), network_.plan(), device_);
      network_.load(given.tensors());
    }
    write_file_atomic(directory_.config(), settings);
    save();
    metrics_.emplace(directory_.metrics(), identity_, 0);
  }

  void resume() {
    const InterruptibleWait wait;
    identity_ = load_checkpoint(directory_, identity_, trainer_);
    require_own_results();
    metrics_.emplace(directory_.metrics(), identity_, trainer_.position().epoch);
    spdlog::info("resuming '{}' {}", directory_.path.string(), place());
  }

  TrainingResult finish() {
    spdlog::info("{} of {} to train on, {} {} to evaluate on; {}; {}, {}",
                 counted(images_.training.size(), "image"), images_.training.info.name,
                 images_.test.size(), images_.held_out ? "held out of them" : "test images",
                 counted(result_.costs.params, "parameter"), device_.str(),
                 counted(config_.run.threads, "thread"));
    try {
      while (!trainer_.finished()) train_epoch();
    } catch (const Interrupted& interrupt) {
      save();
      throw Interrupted(interrupt.signal(), interrupt.what() + std::string("; resume with: ") +
                                                resume_command(directory_));
    }
    return written_result();
  }

 private:
  /// "in epoch 3, after 17 of 196 batches", "after epoch 3 of 12"
  std::string place() const {
    const auto& [epoch, batch, seen, seconds] = trainer_.position();
    if (batch == 0) return fmt::format("after epoch {} of {}", epoch, recipe_.epochs);
    return fmt::format("in epoch {} of {}, after {} of {}", epoch + 1, recipe_.epochs, batch,
                       counted(trainer_.batches_per_epoch(), "batch", "batches"));
  }

  void save() const { save_checkpoint(directory_, identity_, trainer_); }

  /// The files that the end of the training replaces must be its own.
  void require_own_results() const {
    std::string weights;  // its checksum
    if (const auto file = directory_.result(); file_exists(file) && !holds_nothing(file)) {
      try {
        const auto document = parse_json(read_file(file));
        if (!is_result_of(document, identity_)) throw not_of_this("training", file);
        weights = document.at("weights").at("sha256").get<std::string>();
      } catch (const JsonError&) {
        throw not_of_this("training", file);
      } catch (const nlohmann::json::exception&) {
        throw not_of_this("training", file);
      }
    }
    if (const auto file = directory_.metrics_table();
        file_exists(file) && !holds_nothing(file) &&
        !read_file(file).starts_with(epoch_csv_header()))
      throw not_of_this("training", file);
    const auto file = directory_.weights();
    if (!file_exists(file) || holds_nothing(file) || sha256_of_file(file) == weights) return;
    // The training was stopped between writing the two files.
    if (trainer_.finished() && read_file(file) == format_tensor_file(network_.state())) return;
    throw not_of_this("training", file);
  }

  void train_epoch() {
    trainer_.finish_epoch([this](const TrainingPosition& position) {
      ++batches_done_;
      if (sinks_.progress)
        sinks_.progress({recipe_.epochs, trainer_.batches_per_epoch(), position, batches_done_});
      stop_point(place());
    });
    const auto start = Clock::now();
    const Performance tested = evaluate(network_, images_.test, recipe_.batch_size, placement_,
                                        [this] { stop_point(place()); });
    const auto& [epoch, batch, seen, seconds] = trainer_.position();
    metrics_->append(
        {.epoch = epoch + 1,
         .learning_rate = trainer_.learning_rate(),
         .train_loss = seen.loss(),
         .train_accuracy = seen.accuracy(),
         .test_loss = tested.loss(),
         .test_accuracy = tested.accuracy(),
         .seconds = seconds + seconds_since(start),
         .images_per_second = seconds > 0 ? static_cast<double>(seen.images) / seconds : 0});
    trainer_.begin_next_epoch();
    if (trainer_.finished() || trainer_.position().epoch % config_.train.checkpoint_every == 0)
      save();
    if (sinks_.epoch) sinks_.epoch(metrics_->epochs().back());
  }

  TrainingResult written_result() {
    save_tensor_file(directory_.weights(), network_.state());
    result_.weights_sha256 = sha256_of_file(directory_.weights());
    result_.epochs = metrics_->epochs();
    result_.session_seconds = seconds_since(start_);
    write_file_atomic(directory_.metrics_table(), epoch_csv(result_.epochs));
    write_file_atomic(directory_.result(), to_json(result_, spec_).dump(2) + "\n");
    return result_;
  }

  const Clock::time_point start_ = Clock::now();
  const RunSpec& spec_;
  const Config& config_;
  const TrainingDirectory& directory_;
  const TrainingSinks& sinks_;
  at::Device device_;
  TrainingRecipe recipe_;
  Placement placement_;
  TrainingImages images_;
  Genotype genotype_;
  TrainableNetwork network_;
  Trainer trainer_;
  nlohmann::ordered_json identity_;
  std::optional<MetricsFile> metrics_;
  std::int64_t batches_done_ = 0;
  TrainingResult result_;
};

TrainingResult train(TrainingRun& run, const Config& config, const TrainingDirectory& directory) {
  try {
    return run.finish();
  } catch (const DivergedError&) {
    throw;
  } catch (const RunError& failure) {
    throw RunError(failure.what() + std::string("; resume with: ") + resume_command(directory));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    if (!as_out_of_memory(error)) throw;
    throw RunError(
        fmt::format("the training has run out of memory with {} images in a step; start "
                    "again with a lower --batch-size",
                    config.train.batch_size));
  }
}

}  // namespace

TrainingResult run_training(const RunSpec& spec, const TrainingDirectory& directory, bool resume,
                            const TrainingSinks& sinks) {
  const InterruptGuard guard;
  if (resume) directory.require_run();
  const OwnFolder folder(directory.path, directory.lock(),
                         {directory.config(), directory.metrics(), directory.metrics_table(),
                          directory.checkpoint(), directory.weights(), directory.result()});
  const std::string settings = config_document(with_absolute_paths(spec.config), Purpose::training);
  if (!resume) require_no_run(directory, settings);
  TrainingRun run(spec, directory, sinks);
  if (resume) {
    run.resume();
  } else {
    run.begin(settings);
  }
  return train(run, spec.config, directory);
}

}  // namespace wrcor
