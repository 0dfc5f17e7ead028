#include "report/training_report.h"

#include <spdlog/fmt/fmt.h>

#include "core/counted.h"
#include "core/table.h"

namespace wrcor {
namespace {

/// Finished batches, in all sessions, and their total number.
struct Work {
  double done = 0, all = 0;
  double share() const { return done / all; }
};

Work work_of(const TrainingProgress& state) {
  const auto batches = static_cast<double>(state.batches);
  return {state.position.epoch * batches + static_cast<double>(state.position.batch),
          state.epochs * batches};
}

}  // namespace

std::string epoch_table_header() {
  return "epoch  learning rate  train loss  train %  test loss  test %  seconds\n";
}

std::string epoch_table_row(const EpochMetrics& metrics) {
  return fmt::format("{:5}  {:13.6f}  {:10.4f}  {:7.2f}  {:9.4f}  {:6.2f}  {:7.1f}\n",
                     metrics.epoch, metrics.learning_rate, metrics.train_loss,
                     metrics.train_accuracy, metrics.test_loss, metrics.test_accuracy,
                     metrics.seconds);
}

std::string epoch_csv_header() {
  const nlohmann::ordered_json names = to_json(EpochMetrics());
  std::vector<std::string> fields;
  for (const auto& member : names.items()) fields.push_back(member.key());
  return csv_line(fields);
}

std::string epoch_csv_row(const EpochMetrics& metrics) {
  const nlohmann::ordered_json line = to_json(metrics);
  std::vector<std::string> fields;
  for (const auto& member : line.items()) fields.push_back(member.value().dump());
  return csv_line(fields);
}

std::string epoch_csv(const std::vector<EpochMetrics>& epochs) {
  std::string text = epoch_csv_header();
  for (const EpochMetrics& metrics : epochs) text += epoch_csv_row(metrics);
  return text;
}

std::string summary_line(const TrainingResult& result) {
  const EpochMetrics& last = result.last();
  const EpochMetrics& best = result.best();
  return fmt::format(
      "{:.2f} % of {} {} are right after {} (best: {:.2f} % after {}), {} of training",
      last.test_accuracy, result.data.at("test").at("images").get<std::int64_t>(),
      result.data.at("test").at("held_out").get<bool>() ? "images held out" : "test images",
      counted(last.epoch, "epoch"), best.test_accuracy, best.epoch,
      duration_text(result.session_seconds));
}

std::string format_training_progress(const TrainingProgress& state, double seconds) {
  const Performance& seen = state.position.seen;
  std::string text = fmt::format(
      "epoch {}/{}  batch {}/{}  loss {:.4f}  accuracy {:.2f}%  {:.0f} images/s",
      state.position.epoch + 1, state.epochs, state.position.batch, state.batches, seen.loss(),
      seen.accuracy(),
      state.position.seconds > 0 ? static_cast<double>(seen.images) / state.position.seconds : 0);
  if (seconds > 0 && state.batches_done > 0) {
    const Work work = work_of(state);
    text += "  left " + duration_text(seconds * (work.all - work.done) /
                                      static_cast<double>(state.batches_done));
  }
  return text;
}

void TrainingProgressLine::update(const TrainingProgress& state) {
  const Work work = work_of(state);
  if (line_.is_due(work.done == work.all))
    line_.show(format_training_progress(state, line_.seconds()), work.share());
}

}  // namespace wrcor
