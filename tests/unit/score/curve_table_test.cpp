#include "score/curve_table.h"

#include "support/catch.h"
#include "support/shared.h"
#include "wrcor/core/error.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

CurveTable curves(const std::string& text, const CurveSelection& selection) {
  return CurveTable::parse(text, "curves.csv", NasBench201(), BenchmarkKey::parse("index"),
                           selection);
}

/// In the form of the records of NATS-Bench: two networks, two lengths of training, two seeds.
const std::string records =
    "space,index,hp,seed,epoch,valid_acc,test_acc\n"
    "tss,0,2,777,0,30,\n"
    "tss,0,2,777,1,40,41\n"
    "tss,0,2,111,0,32,\n"
    "tss,0,2,111,1,42,43\n"
    "tss,0,200,777,0,99,99\n"
    "tss,11,2,777,1,60,\n"
    "sss,0,2,777,0,10,10\n";
const CurveSelection two_epochs{{{"space", "tss"}, {"hp", "2"}}, {"valid_acc", "test_acc"}};

std::string first_curve() { return NasBench201().format(*NasBench201().at_official(0)); }
std::string other() { return NasBench201().format(*NasBench201().at_official(11)); }

}  // namespace

TEST_CASE("a curve has the means of the seeds after each epoch", "[score][curves]") {
  const CurveTable table = curves(records, two_epochs);
  CHECK(table.size() == 2);
  CHECK(table.value(first_curve(), "valid_acc", 1) == 31);
  CHECK(table.value(first_curve(), "valid_acc", 2) == 41);
  CHECK(table.value(first_curve(), "test_acc", 2) == 42);
  CHECK(table.value(other(), "valid_acc", 2) == 60);
}

TEST_CASE("the mean of the largest figures is finite", "[score][curves]") {
  const CurveTable table =
      curves("index,seed,epoch,acc\n0,1,0,1.7e308\n0,2,0,1.7e308\n0,3,0,-1.7e308\n", {{}, {"acc"}});
  CHECK(table.value(first_curve(), "acc", 1).value() == Approx(1.7e308 / 3));
}

TEST_CASE("what a curve lacks is unknown", "[score][curves]") {
  const CurveTable table = curves(records, two_epochs);
  CHECK_FALSE(table.value(first_curve(), "test_acc", 1));
  CHECK_FALSE(table.value(first_curve(), "valid_acc", 3));
  CHECK_FALSE(table.value(first_curve(), "valid_acc", 0));
  CHECK_FALSE(table.value(other(), "valid_acc", 1));
  CHECK_FALSE(table.value("|none|", "valid_acc", 1));
}

TEST_CASE("epochs count from 0 or from 1", "[score][curves]") {
  const CurveSelection acc{{}, {"acc"}};
  CHECK(curves("index,epoch,acc\n0,1,50\n0,2,60\n", acc).value(first_curve(), "acc", 2) == 60);
  CHECK(curves("index,epoch,acc\n0,0,50\n0,1,60\n", acc).value(first_curve(), "acc", 2) == 60);
  CHECK_THROWS_WITH(curves("index,epoch,acc\n0,2,50\n", acc),
                    ContainsSubstring("the first epoch is 2; expected 0 or 1"));
}

TEST_CASE("curves that contradict themselves are refused", "[score][curves]") {
  const CurveSelection acc{{}, {"acc"}};
  CHECK_THROWS_WITH(curves(records, {{}, {"valid_acc"}}),
                    ContainsSubstring("curves.csv:6:15: a second row of epoch 0 of |") &&
                        ContainsSubstring("seed 777; choose the rows of one training"));
  CHECK_THROWS_WITH(curves("index,epoch,acc\n0,0,1\n0,0,2\n", acc),
                    ContainsSubstring("curves.csv:3:3: a second row of epoch 0"));
  CHECK_THROWS_WITH(curves(records, {{{"hp", "12"}}, {}}), ContainsSubstring("no row is selected"));
  CHECK_THROWS_WITH(curves(records, {{{"hq", "12"}}, {}}),
                    ContainsSubstring("unknown column 'hq'"));
  CHECK_THROWS_WITH(curves(records, {{}, {"acc"}}), ContainsSubstring("unknown column 'acc'"));
  CHECK_THROWS_WITH(curves("index,acc\n0,1\n", acc), ContainsSubstring("unknown column 'epoch'"));
  for (const char* epoch : {"", "x", "-1", "1.5", "1000001"}) {
    INFO(epoch);
    CHECK_THROWS_AS(curves(std::string("index,epoch,acc\n0,") + epoch + ",1\n", acc), DataError);
  }
  CHECK_THROWS_AS(curves("index,epoch,acc\n0,0,inf\n", acc), DataError);
  CHECK_THROWS_AS(curves("index,epoch,acc\n99999,0,1\n", acc), DataError);
}

TEST_CASE("the rows of a curve are chosen by columns", "[score][curves]") {
  CurveSelection selection;
  selection.parse_rows("--curve-rows", {"hp=200", "note=a=b", "empty="});
  const std::vector<std::pair<std::string, std::string>> expected{
      {"hp", "200"}, {"note", "a=b"}, {"empty", ""}};
  CHECK((selection.rows == expected));
  for (const char* text : {"hp", "=200", ""})
    CHECK_THROWS_WITH(selection.parse_rows("--curve-rows", {text}),
                      ContainsSubstring("--curve-rows: expected COLUMN=TEXT"));
}

TEST_CASE("the records of NATS-Bench are curves", "[score][curves]") {
  WRCOR_REQUIRE_SHARED(file, "data/nats_curves/curves.csv");
  const NasBench201 space;
  const auto records = [&](const std::string& dataset, const std::string& column) {
    return CurveTable::read(file, space, BenchmarkKey::parse("index"),
                            {{{"space", "tss"}, {"hp", "200"}, {"dataset", dataset}}, {column}});
  };
  // The accuracies after 200 epochs that the benchmark publishes, which are means over the seeds.
  const CurveTable tests = records("cifar10", "ori_test_acc");
  CHECK(tests.size() == 3);
  CHECK(tests.value(first_curve(), "ori_test_acc", 200).value() == Approx(85.8633).margin(1e-4));
  CHECK(tests.value(other(), "ori_test_acc", 200).value() == Approx(91.5833).margin(1e-4));
  const CurveTable validation = records("cifar10-valid", "valid_acc");
  for (int epochs = 1; epochs <= 200; ++epochs)
    REQUIRE(validation.value(first_curve(), "valid_acc", epochs).has_value());
  CHECK_FALSE(validation.value(first_curve(), "valid_acc", 201));
  CHECK(validation.value(first_curve(), "valid_acc", 200).value() >
        validation.value(first_curve(), "valid_acc", 12).value());
}
