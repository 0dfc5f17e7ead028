#include "support/catch.h"
#include "unit/space/nas_bench_101.h"
#include "wrcor/core/error.h"

using namespace wrcor;

namespace {

const NasBench101& space() {
  static const NasBench101 instance = test::default_nb101();
  return instance;
}

std::string read_and_written(const std::string& text) {
  return space().format(space().parse(text));
}

std::string error_of(const std::string& text) {
  try {
    space().parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("texts of cells that are pruned stay as they are", "[space][nb101]") {
  for (const char* text :
       {"0100/", "010001000/maxpool3x3",
        "0110100110000010000100000/conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu"}) {
    CHECK(read_and_written(text) == text);
  }
  CHECK(read_and_written(" \t010001000/maxpool3x3\r\n") == "010001000/maxpool3x3");
}

TEST_CASE("a text is pruned where it is read", "[space][nb101]") {
  // Vertex 1 leads nowhere, vertex 3 is not fed.
  CHECK(read_and_written("0110000000000010000100000/conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3") ==
        "010001000/conv1x1-bn-relu");
  // Ten edges, of which pruning leaves two.
  CHECK(read_and_written("0111110001111100000000000000000000000000000000000/"
                         "conv1x1-bn-relu,maxpool3x3,maxpool3x3,maxpool3x3,maxpool3x3") ==
        "010001000/conv1x1-bn-relu");
}

TEST_CASE("operations as in the tables of the benchmark", "[space][nb101]") {
  CHECK(read_and_written("0100/input;output") == "0100/");
  CHECK(read_and_written("010001000/input;conv1x1-bn-relu;output") == "010001000/conv1x1-bn-relu");
  CHECK(read_and_written("0110001000010000/maxpool3x3;conv3x3-bn-relu") ==
        "0110001000010000/maxpool3x3,conv3x3-bn-relu");
}

TEST_CASE("texts that are no cells are refused with the place", "[space][nb101]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "at byte 0: found 0 digits before the end of the text, expected a matrix"},
      {"/", "at byte 0: found 0 digits"},
      {"0100", "at byte 4: found the end of the text, expected '/'"},
      {"01000/", "at byte 5: found 5 digits"},
      {"1/", "at byte 1: found 1 digit before"},
      {"01x0/", "at byte 2: found 2 digits before 'x0/'"},
      {"0100x", "at byte 4: found 'x', expected '/'"},
      {std::string(64, '0').append("/"), "at byte 64: found 64 digits"},
      {"0110/", "at byte 2: found an edge from vertex 1 to 0"},
      {" 1100/", "at byte 1: found an edge from vertex 0 to 0"},
      {"0000/", "at byte 0: found '0000/', expected a matrix with a path"},
      {"0100/maxpool3x3", "at byte 5: found 1 operation, expected 0"},
      {"010001000/", "at byte 10: found 0 operations, expected 1"},
      {"010001000/maxpool3x3,", "at byte 21: found 2 operations, expected 1"},
      {"010001000/maxpool5x5",
       "at byte 10: found unknown operation 'maxpool5x5', expected one of conv3x3-bn-relu, "
       "conv1x1-bn-relu, maxpool3x3 (did you mean 'maxpool3x3'?)"},
      {"010001000/input;maxpool3x3;maxpool3x3",
       "at byte 27: found 'maxpool3x3', expected 'output'"},
      {"010001000/input;maxpool3x3", "at byte 26: found 2 operations"},
      {"010001000/input;maxpool3x3;output;output", "at byte 34: found 4 operations"},
      {"0100/" + std::string(20, ','), "at byte 5: found 8 operations or more, expected 0"},
      {"010001000/maxpool3x3 ,", "at byte 10: found unknown operation"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK_THAT(error_of(text), ContainsSubstring("nb101 cell: " + message));
  }
}

TEST_CASE("a text with more than nine edges between input and output", "[space][nb101]") {
  const std::string five = ",maxpool3x3,maxpool3x3,maxpool3x3,maxpool3x3";
  CHECK_THAT(error_of("0111110000000100000010000001000000100000010000000/maxpool3x3" + five),
             ContainsSubstring("at byte 0: found 10 edges between input and output"));
}

TEST_CASE("hostile texts are refused at once and in few words", "[space][nb101]") {
  for (const std::string& text :
       {std::string(1'000'000, '0'), std::string(1'000'000, ' '),
        "0100/" + std::string(1'000'000, ';'), "0100/" + std::string(1'000'000, 'x'),
        std::string("01\0000/", 6), std::string("0100/\x80\xff")}) {
    const std::string message = error_of(text);
    CHECK(message.starts_with("nb101 cell: at byte"));
    CHECK(message.size() < 400);
  }
}
