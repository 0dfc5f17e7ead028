#pragma once

#include "../command_options.h"

// The work of the commands that the engine runs: one file per command.
// @throws wrcor::Error
namespace wrcor::cli {

void run_search_command(const SearchOptions& options);
void run_score(const ScoreOptions& options);
void run_export(ExportOptions options);
void run_train(const TrainOptions& options);
void run_data_fetch(const DataFetchOptions& options);
void run_data_info(const DataInfoOptions& options);
void run_worker_command(const WorkerOptions& options);
void run_doctor(const DoctorOptions& options);

}  // namespace wrcor::cli
