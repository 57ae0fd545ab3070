// Every file of bad/ is refused, every file of warned/ read, and every file of formless/ left as it is by who
// would format it, with exactly the complaints of its .expected; and between them there is one for each code.
#include <algorithm>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/plan/written_interfaces.hpp>
#include <vethwork/plan/written_routes.hpp>
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/explanations.hpp>
#include <vethwork/topology/read_lab.hpp>
#include <vethwork/topology/yaml_format.hpp>

namespace vethwork::topology {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(std::string const& folder) {
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

/// All that is said of a file, by the reader and by those who read the words of iproute2 in it.
std::vector<Complaint> complaints_of(std::string const& name, std::string const& text,
                                     Overrides const& overrides = {}) {
    auto reading = read_lab(name, text, {}, overrides);
    if (!reading.lab) return reading.complaints;
    auto state = wanted_state(*reading.lab);
    Names names;
    for (auto const& more : {plan::complete_interfaces(*reading.lab, state, names),
                             plan::add_written_routes(*reading.lab, state, names)})
        reading.complaints.insert(reading.complaints.end(), more.begin(), more.end());
    return reading.complaints;
}

bool is_refused(std::vector<Complaint> const& complaints) {
    return std::ranges::any_of(complaints,
                               [](Complaint const& one) { return one.severity == Severity::error; });
}

std::string text_of(std::vector<Complaint> const& complaints) {
    std::string text;
    for (auto const& complaint : complaints) text += complaint.to_text();
    return text;
}

void expect_words(fs::path const& file, bool refused) {
    auto const text = read_file(file), expected = read_file(fs::path(file).replace_extension("expected"));
    ASSERT_TRUE(text.ok() && expected.ok()) << file;
    auto const complaints = complaints_of(file.filename(), text.value());
    EXPECT_EQ(text_of(complaints), expected.value()) << file;
    EXPECT_EQ(is_refused(complaints), refused) << file;
}

TEST(BadFile, IsRefusedInTheseWords) {
    auto const files = files_of("bad");
    EXPECT_GE(files.size(), 210u);
    for (auto const& file : files) expect_words(file, true);
}

TEST(WarnedFile, IsReadAndWarnedOfInTheseWords) {
    auto const files = files_of("warned");
    EXPECT_GE(files.size(), 11u);
    for (auto const& file : files) expect_words(file, false);
}

TEST(FormlessFile, IsReadAndNotFormattedInTheseWords) {
    auto const files = files_of("formless");
    EXPECT_GE(files.size(), 2u);
    for (auto const& file : files) {
        auto const text = read_file(file).value();
        EXPECT_EQ(text_of(complaints_of(file.filename(), text)), "") << file;
        Sources sources;
        Complaints complaints(sources);
        EXPECT_EQ(normal_form(sources, sources.add(file.filename(), text), complaints), std::nullopt) << file;
        EXPECT_EQ(text_of(complaints.take()),
                  read_file(fs::path(file).replace_extension("expected")).value());
    }
}

TEST(BadFile, OfFourMegabytesIsNotRead) {
    auto const text = "vethwork: 1\n# " + std::string(most_yaml_bytes, 'x');
    EXPECT_EQ(text_of(complaints_of("large.yaml", text)),
              "large.yaml: error: the file is larger than 4 MiB  [E107]\n");
}

TEST(BadFile, HasNoSuchVariableToOverride) {
    std::string const text = "vethwork: 1\nvars: { leaves: 2 }\nnodes: { a: {} }\n";
    EXPECT_EQ(text_of(complaints_of("few.yaml", text, {{"leafs", "3"}})),
              "few.yaml:2:7: error: there is no variable 'leafs' to override\nvars: { leaves: 2 }\n      ^\n"
              "  hint: did you mean 'leaves'?  [E231]\n");
}

/// "E207" of "… [E207]"
std::set<std::string> codes_in(std::string const& folder) {
    std::set<std::string> codes;
    for (auto const& file : files_of(folder)) {
        auto const expected = read_file(fs::path(file).replace_extension("expected")).value();
        for (std::size_t at = 0; (at = expected.find("  [", at)) != std::string::npos; at += 3)
            codes.insert(expected.substr(at + 3, expected.find(']', at) - at - 3));
    }
    return codes;
}

TEST(BadFile, IsThereForEachCode) {
    auto codes = codes_in("bad");
    codes.merge(codes_in("warned"));
    codes.merge(codes_in("formless"));
    std::vector<std::string> without;
    for (auto const& entry : explanations())
        if (!codes.contains(std::string(entry.code))) without.emplace_back(entry.code);
    // Too large for a file here; not of a file; what nft says.
    EXPECT_THAT(without, testing::ElementsAre("E107", "E231", "E508"));
}

}  // namespace
}  // namespace vethwork::topology
