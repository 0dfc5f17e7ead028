#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

#include "command_options.h"
#include "score/response_part.h"
#include "wrcor/config/config.h"
#include "wrcor/space/search_space.h"

// Each setup_X adds options and a callback to the command X; the callback calls run_X, which does
// the work and throws wrcor::Error. Work that needs libtorch is passed in, so that either
// executable knows all options.
namespace wrcor::cli {

/// The work of a command.
template <typename Options>
using Run = std::function<void(const Options&)>;

/// Returns the names of all usable devices, e.g. {"cpu", "cuda:0"}.
using DeviceNames = std::function<std::vector<std::string>()>;

/// Decomposes WRCor's score of an architecture.
using LayerParts =
    std::function<std::vector<ResponsePart>(const Config& config, const Genotype& genotype)>;

void setup_search(CLI::App& command, const Run<SearchOptions>& run);
void setup_score(CLI::App& command, const Run<ScoreOptions>& run);
void setup_ask(CLI::App& command);
void setup_tell(CLI::App& command);
void setup_evaluate(CLI::App& command);
void setup_compare(CLI::App& command);
void setup_merge(CLI::App& command);
void setup_report(CLI::App& command);
void setup_describe(CLI::App& command, const LayerParts& layer_parts);
void setup_export(CLI::App& command, const Run<ExportOptions>& run);
void setup_train(CLI::App& command, const Run<TrainOptions>& run);
void setup_data(CLI::App& data, const Run<DataFetchOptions>& fetch,
                const Run<DataInfoOptions>& info);
void setup_worker(CLI::App& command, const Run<WorkerOptions>& run);
void setup_queue(CLI::App& queue);
void setup_list(CLI::App& command, const DeviceNames& devices);
void setup_config(CLI::App& config);
void setup_doctor(CLI::App& command, const Run<DoctorOptions>& run);
void setup_completion(CLI::App& command);

}  // namespace wrcor::cli
