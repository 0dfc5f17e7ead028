#include "program.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <algorithm>
#include <memory>
#include <new>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/first_line.h"
#include "core/output_closed.h"
#include "core/terminal.h"
#include "core/utf8.h"
#include "help.h"
#include "options.h"
#include "output.h"
#include "wrcor/core/error.h"
#include "wrcor/core/log.h"
#include "wrcor/core/registry.h"
#include "wrcor/core/version.h"

namespace wrcor::cli {
namespace {

struct Command {
  const char* name;
  const char* summary;
};

/// All of them, in the order of `wrcor --help`.
constexpr Command commands[] = {
    {"search", "run a search and rank what it found"},
    {"score", "score named architectures, exactly as they are"},
    {"ask", "propose architectures for a program that trains networks"},
    {"tell", "report the fitness of such architectures"},
    {"evaluate", "compare scores with a benchmark: rank correlation, regret, simulated search"},
    {"compare", "compare two results or score files; fails where they differ"},
    {"merge", "join the shards of a search, or files of scores"},
    {"report", "write a self-contained HTML report of finished searches"},
    {"describe", "show the size, cost and class of an architecture"},
    {"export", "write a network for other programs: ONNX, safetensors, PyTorch"},
    {"train", "train a network as NAS-Bench-201 does"},
    {"data", "fetch and show the data sets in the cache folder"},
    {"worker", "evaluate what a search in a queue asks for, on any machine"},
    {"queue", "show the searches and workers of a queue"},
    {"list", "list proxies, votes, spaces, strategies, data sets and devices"},
    {"config", "write, check and describe configuration files"},
    {"doctor", "check the machine; fails if a search cannot run"},
    {"completion", "print the completion script of a shell"},
};

/// Long names of the options that the command takes, and names of its subcommands.
std::vector<std::string> known_words(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(sub->get_name());
  }
  return words;
}

/// The deepest subcommand that the command line reached.
CLI::App& deepest_command(CLI::App& app) {
  CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

bool takes_commands(const CLI::App& command) {
  return !command.get_subcommands([](const CLI::App*) { return true; }).empty();
}

/// "wrcor config init"
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return (parent == nullptr ? "" : full_name(*parent) + " ") + command.get_name();
}

std::string unknown_word(const CLI::App& command, const std::string& word) {
  const std::string kind = word.starts_with('-')     ? "unknown option "
                           : takes_commands(command) ? "unknown command "
                                                     : "unexpected argument ";
  const std::string near = nearest_name(word, known_words(command));
  return kind + in_quotes(word) + (near.empty() ? "" : " (did you mean '" + near + "'?)");
}

/// "an argument is missing: second (PATH)" where CLI11 says "second is required".
std::string missing_argument(const CLI::App& command, const std::string& message) {
  const std::string name = message.substr(0, message.find(' '));
  const CLI::Option* option = command.get_option_no_throw(name);
  if (option == nullptr || !option->get_positional()) return message;
  return "an argument is missing: " + name + " (" + placeholder_of(*option) + ")";
}

/// The error that CLI11 found, in words that name the unknown text and a suggestion.
std::string parse_problem(CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = deepest_command(app);
  const std::string hint = "; see '" + full_name(command) + " --help'";

  const std::vector<std::string> unknown = app.remaining(true);
  // A misspelt option, or command, is the cause of errors in the words after it.
  const bool command_first =
      !unknown.empty() && takes_commands(command) && !unknown.front().starts_with('-');
  const auto option = std::find_if(unknown.begin(), unknown.end(),
                                   [](const std::string& word) { return word.starts_with('-'); });
  if (option != unknown.end() && !command_first) {
    return unknown_word(command, option->substr(0, option->find('='))) + hint;
  }
  const std::string message = error.what();
  const std::string subject = message.substr(0, message.find(':'));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool repeated = message.find("received") != std::string::npos;
    return subject + ": " + (repeated ? "given more than once" : "a value is missing") + hint;
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr &&
      dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
    return message;
  }
  if (!unknown.empty()) return unknown_word(command, unknown.front()) + hint;
  if (takes_commands(command)) return "no command given" + hint;
  return missing_argument(command, message) + hint;
}

/// Texts of the command line are written to JSON and messages.
void require_utf8(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (!is_utf8(argv[i])) {
      throw UsageError("argument " + std::to_string(i) + ": expected text in UTF-8, got " +
                       in_quotes(argv[i]));
    }
  }
}

/// Peak memory of the process, in MiB.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// The words after the name of the program.
std::set<std::string> words_of(int argc, char** argv) {
  return {argv + std::min(argc, 1), argv + argc};
}

/// Whether the command line can be about a command of the engine, which understands everything that
/// this executable does.
bool names_command_of_engine(const std::set<std::string>& words, const Executable& executable) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return executable.of_engine.contains(word); });
}

/// "wrcor export": the program and the first word that names a command.
std::string command_named_by(int argc, char** argv) {
  for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc))) {
    for (const Command& command : commands) {
      if (word == command.name) return std::string("wrcor ") + command.name;
    }
  }
  return "wrcor";
}

bool is_out_of_memory(const std::exception& error, const Executable& executable) {
  return dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
         (executable.is_out_of_memory && executable.is_out_of_memory(error));
}

int run(int argc, char** argv, const Executable& executable) {
  require_utf8(argc, argv);
  const std::set<std::string> words = words_of(argc, argv);
  const bool is_help = words.contains("--help") || words.contains("-h");  // both know every option
  if (!is_help && names_command_of_engine(words, executable)) executable.hand_over();

  CLI::App app("Training-free neural architecture search: ranks networks before any training",
               "wrcor");
  app.set_version_flag("--version", std::string("wrcor ") + version, "print the version and exit");
  app.formatter(std::make_shared<HelpFormatter>(terminal_columns(STDOUT_FILENO)));
  app.require_subcommand(1);
  for (const auto& [name, summary] : commands) {
    CLI::App* command = app.add_subcommand(name, summary);
    // Adding the options of a command takes a while; a completion script needs those of all
    // commands.
    if (words.contains(name) || words.contains("completion")) executable.setups.at(name)(*command);
  }
  app.footer(
      "Exit codes: 0 success, 1 failure while running, 2 usage or configuration,\n"
      "3 data missing or corrupt, 4 no feasible architecture, 5 compare found "
      "differences,\n130/143 interrupted.\n"
      "Example:\n  wrcor search --data synthetic --budget 50 --out runs/first");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    write_output(app.help());
  } catch (const CLI::CallForVersion& asked) {
    write_output(std::string(asked.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    throw UsageError(parse_problem(app, error));
  }
  spdlog::debug("peak memory: {:.1f} MiB", peak_memory());
  return static_cast<int>(ExitCode::success);
}

}  // namespace

int run_program(int argc, char** argv, const Executable& executable) {
  try {
    prepare_streams();
    configure_logging(Verbosity::normal, std::nullopt);
    return run(argc, argv, executable);
  } catch (const OutputClosed&) {
    return OutputClosed::exit_code;
  } catch (const Error& error) {
    for (const std::string& problem : error.problems()) spdlog::error("{}", problem);
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    if (is_out_of_memory(error, executable)) {
      spdlog::error(
          "out of memory while '{}' ran; free some, or ask for smaller networks or less "
          "input",
          command_named_by(argc, argv));
      return static_cast<int>(ExitCode::failure);
    }
    // libtorch's messages continue with a stack trace.
    spdlog::error("{}", first_line(error.what()));
    return static_cast<int>(ExitCode::failure);
  }
}

}  // namespace wrcor::cli
