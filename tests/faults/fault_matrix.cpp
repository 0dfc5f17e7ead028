// Every call that changes a file fails once, in every way: runs searches and scorings on the disk
// of fault_shim.c, continues each as its user would, and compares the end with that of a run
// without faults. Prints a table of faults and outcomes; exits 1 when a result is wrong, an
// acknowledged line is lost, or a message is not clear.
//
// The program runs unchanged except for a renamed main(), each time in a forked process: a fault
// costs milliseconds rather than the second that loading libtorch takes.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

int wrcor_main(int argc, char** argv);

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

struct Scenario {
  std::string name;
  Words command;     ///< starts the work
  Words resumption;  ///< continues it, if that is another command
  std::string journal;
  std::string result;
};

struct Fault {
  std::string kind;  ///< as FAULT_KIND of fault_shim.c
  bool sticky = false;
  bool kills = false;
};

struct Ending {
  int exit_code = -1;  ///< -1: killed
  std::string messages;
};

struct Tally {
  int injected = 0, finished = 0, refused = 0, killed = 0, resumed = 0, wrong = 0;
};

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The folder of all runs; the faults affect only files below it.
const fs::path& arena() {
  static const fs::path path = [] {
    std::string pattern = (fs::temp_directory_path() / "wrcor_faults_XXXXXX").string();
    return fs::path(mkdtemp(pattern.data()));
  }();
  return path;
}

fs::path record() { return arena().string() + ".calls"; }
fs::path messages() { return arena().string() + ".messages"; }

/// Runs the program in its own process, on a disk with one fault (`at` 0: none).
Ending run_program(const Words& command, const Fault& fault, int at) {
  fs::remove(record());
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(arena().c_str()) != 0) _exit(99);
    const int out = ::open("/dev/null", O_WRONLY);
    const int err = ::open(messages().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    setenv("FAULT_ROOT", arena().c_str(), 1);
    setenv("FAULT_COUNT", record().c_str(), 1);
    setenv("FAULT_KIND", fault.kind.c_str(), 1);
    setenv("FAULT_STICKY", fault.sticky ? "1" : "0", 1);
    setenv("FAULT_AT", std::to_string(at).c_str(), 1);
    Words words = command;
    words.insert(words.begin(), "wrcor");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int code = wrcor_main(static_cast<int>(words.size()), arguments.data());
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(messages())};
}

void clear_arena() {
  for (const auto& entry : fs::directory_iterator(arena())) fs::remove_all(entry.path());
}

/// The result without the parts that differ between equal runs, and the ranking of a search.
std::string result_of(const Scenario& scenario) {
  const fs::path file = arena() / scenario.result;
  const std::string text = read_text(file);
  return text.substr(0, text.find("  \"timing\": {\n")) +
         read_text(file.parent_path() / "best.txt") + read_text(file.parent_path() / "ranking.csv");
}

/// Lines that must be on the disk: those whose flush succeeded and, when the program was killed
/// while it continued, all before the last that it wrote, whether it flushed them or not.
int acknowledged(const Scenario& scenario, const Fault& fault, int at) {
  int flushed = 0, written = 0, number = 0;
  for (const std::string& line : lines_of(read_text(record()))) {
    ++number;
    const bool failed = number == at ? fault.kind != "short" : fault.sticky && number > at;
    if (failed || !line.ends_with("/" + scenario.journal)) continue;
    flushed += line.find(" fdatasync ") != std::string::npos;
    written += line.find(" write ") != std::string::npos;
  }
  return fault.kills ? std::max(flushed, written - 1) : flushed;
}

bool is_clear(const Ending& ending) {
  int errors = 0;
  for (const std::string& line : lines_of(ending.messages)) {
    if (line.starts_with("error: "))
      ++errors;
    else if (!line.starts_with("info: ") && !line.starts_with("warning: "))
      return false;
  }
  return ending.exit_code == 1 && errors == 1;
}

void complain(const Scenario& scenario, const Fault& fault, int at, const std::string& what,
              const Ending& ending) {
  const Words calls = lines_of(read_text(record()));
  std::printf(
      "WRONG: %s, %s at call %d (%s): %s; exit %d\n%s", scenario.name.c_str(), fault.kind.c_str(),
      at,
      static_cast<int>(calls.size()) >= at ? calls[static_cast<std::size_t>(at) - 1].c_str() : "?",
      what.c_str(), ending.exit_code, ending.messages.c_str());
}

/// Continues as a user would: resumes, or starts again if nothing had started.
Ending go_on(const Scenario& scenario) {
  Ending ending{2, {}};
  if (!scenario.resumption.empty()) ending = run_program(scenario.resumption, {}, 0);
  const bool none = ending.messages.find("holds no run to resume") != std::string::npos ||
                    ending.messages.find("holds no training to resume") != std::string::npos;
  if (ending.exit_code == 2 && (scenario.resumption.empty() || none))
    ending = run_program(scenario.command, {}, 0);
  return ending;
}

/// One fault at one call; false when the program made fewer calls.
bool inject(const Scenario& scenario, const std::string& expected, const Fault& fault, int at,
            Tally& tally) {
  clear_arena();
  const Ending ending = run_program(scenario.command, fault, at);
  const int calls = static_cast<int>(lines_of(read_text(record())).size());
  if (calls < at) return false;
  ++tally.injected;
  std::string problem;
  const std::string journal = read_text(arena() / scenario.journal);
  if (std::count(journal.begin(), journal.end(), '\n') < acknowledged(scenario, fault, at))
    problem = "a line that was flushed is gone";
  if (ending.exit_code == 0) {
    ++tally.finished;
    if (result_of(scenario) != expected) problem = "another result";
  } else if (ending.exit_code == -1 && fault.kills) {
    ++tally.killed;
  } else {
    ++tally.refused;
    if (!is_clear(ending)) problem = "not one clear line";
  }
  if (!problem.empty()) complain(scenario, fault, at, problem, ending);
  const Ending resumed = go_on(scenario);
  if (resumed.exit_code == 0 && result_of(scenario) == expected) {
    ++tally.resumed;
  } else {
    problem = "another end after going on";
    complain(scenario, fault, at, problem, resumed);
  }
  for (const auto& entry : fs::recursive_directory_iterator(arena())) {
    const std::string name = entry.path().filename().string();
    if (name.find(".partial.") == name.npos && !name.ends_with("lock")) continue;
    problem = name + " is left behind";
    complain(scenario, fault, at, problem, resumed);
  }
  if (!problem.empty()) ++tally.wrong;
  return true;
}

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<Scenario> scenarios() {
  const Words small{"--channels", "4",       "--cells", "1",      "--batch-size",
                    "8",          "--proxy", "acor",    "--seed", "3"};
  const Words search = joined({"search", "--budget", "3", "--out", "run"}, small);
  const Words resume{"search", "--resume", "--out", "run"};
  const Words score =
      joined({"score", "--out", "scores", "--workers", "1", "--shard", "1/5208", "--all"}, small);
  const Words train{
      "train",          "|nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
      "--channels",     "1",
      "--cells",        "1",
      "--threads",      "1",
      "--train-images", "8",
      "--test-images",  "4",
      "--batch-size",   "4",
      "--epochs",       "2",
      "--out",          "trained"};
  return {{"train",
           train,
           {"train", "--resume", "--out", "trained"},
           "trained/metrics.jsonl",
           "trained/result.json"},
          {"search", joined(search, {"--workers", "1"}), resume, "run/journal.jsonl",
           "run/result.json"},
          {"search, 2 workers", joined(search, {"--workers", "2"}), resume, "run/journal.jsonl",
           "run/result.json"},
          {"score, JSON lines", score, {}, "scores", "scores"},
          {"score, CSV", joined(score, {"--format", "csv"}), {}, "scores", "scores"}};
}

const std::vector<Fault> faults{{"ENOSPC"},
                                {"ENOSPC", true},
                                {"EFBIG"},
                                {"EIO"},
                                {"EIO", true},
                                {"EINTR"},
                                {"ESTALE"},
                                {"part"},
                                {"short"},
                                {"kill", false, true},
                                {"torn", false, true},
                                {"power", false, true},
                                {"zeros", false, true}};

}  // namespace

/// @param argv  kinds of faults; without any, all
int main(int argc, char** argv) {
  const Words wanted(argv + 1, argv + argc);
  int wrong = 0;
  std::printf("%-20s %-16s %8s %8s %8s %8s %8s %8s\n", "work", "fault", "injected", "finished",
              "refused", "killed", "resumed", "wrong");
  for (const Scenario& scenario : scenarios()) {
    clear_arena();
    const Ending whole = run_program(scenario.command, {}, 0);
    const std::string expected = result_of(scenario);
    if (whole.exit_code != 0 || expected.empty() || lines_of(read_text(record())).size() < 8) {
      std::printf("no run without faults, or its calls are not counted: exit %d\n%s",
                  whole.exit_code, whole.messages.c_str());
      return 1;
    }
    for (const Fault& fault : faults) {
      if (!wanted.empty() && std::count(wanted.begin(), wanted.end(), fault.kind) == 0) continue;
      Tally tally;
      for (int at = 1; inject(scenario, expected, fault, at, tally); ++at) {
      }
      std::printf("%-20s %-16s %8d %8d %8d %8d %8d %8d\n", scenario.name.c_str(),
                  (fault.kind + (fault.sticky ? " from then" : "")).c_str(), tally.injected,
                  tally.finished, tally.refused, tally.killed, tally.resumed, tally.wrong);
      std::fflush(stdout);
      wrong += tally.wrong + (tally.injected == 0);
    }
  }
  fs::remove_all(arena());
  fs::remove(record());
  fs::remove(messages());
  return wrong == 0 ? 0 : 1;
}
