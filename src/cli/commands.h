#pragma once

#include <CLI/App.hpp>

// Each setup_X adds the subcommand X; its callback calls
// run_X, which does the work and throws wrcor::Error.
namespace wrcor::cli {

void setup_search(CLI::App& app);
void setup_score(CLI::App& app);
void setup_evaluate(CLI::App& app);
void setup_describe(CLI::App& app);
void setup_data(CLI::App& app);
void setup_list(CLI::App& app);
void setup_config(CLI::App& app);
void setup_doctor(CLI::App& app);

}  // namespace wrcor::cli
