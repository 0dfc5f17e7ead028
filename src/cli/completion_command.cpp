#include <memory>
#include <string>

#include "commands.h"
#include "completion.h"
#include "options.h"
#include "output.h"

namespace wrcor::cli {
namespace {

void run_completion(const std::string& shell, const CommandWords& program) {
  write_output(shell == "bash"  ? bash_completion(program)
               : shell == "zsh" ? zsh_completion(program)
                                : fish_completion(program));
}

}  // namespace

void setup_completion(CLI::App& command) {
  auto shell = std::make_shared<std::string>();
  add_choice(command, "shell", *shell, {"bash", "zsh", "fish"}, "the shell that reads the script");
  command.get_option("shell")->required();
  set_example(command, "wrcor completion bash > /etc/bash_completion.d/wrcor");
  set_action(command,
             [shell, &command] { run_completion(*shell, command_words(*command.get_parent())); });
}

}  // namespace wrcor::cli
