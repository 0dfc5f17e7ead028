#pragma once

#include <string>

#include "record/training_progress.h"
#include "record/training_result.h"
#include "report/progress_line.h"
#include "wrcor/record/progress.h"

namespace wrcor {

/// The head of a table of epochs, and a row of it; accuracies in percent.
std::string epoch_table_header();
std::string epoch_table_row(const EpochMetrics& metrics);

/// The same as CSV.
std::string epoch_csv_header();
std::string epoch_csv_row(const EpochMetrics& metrics);
std::string epoch_csv(const std::vector<EpochMetrics>& epochs);

/// "test accuracy 61.20 % after 12 epochs (best 61.40 % after 11)": on test images, or held out.
std::string summary_line(const TrainingResult& result);

/// One line of progress:
/// "epoch 3/12  batch 17/196  loss 1.2345  accuracy 54.10%  512 images/s  left 3m20s".
/// @param seconds  since the start of this session
std::string format_training_progress(const TrainingProgress& state, double seconds);

/// Progress of a training on standard error.
class TrainingProgressLine {
 public:
  void update(const TrainingProgress& state);

  /// Clears the line for output on standard output, see ProgressLine.
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
};

}  // namespace wrcor
