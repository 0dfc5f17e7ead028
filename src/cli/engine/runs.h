#pragma once

#include "../command_options.h"

// What the commands do that need libtorch: one function and one file a command.
// @throws wrcor::Error
namespace wrcor::cli {

void run_search_command(const SearchOptions& options);
void run_score(const ScoreOptions& options);
void run_export(ExportOptions options);
void run_train(const TrainOptions& options);
void run_doctor(const DoctorOptions& options);

}  // namespace wrcor::cli
