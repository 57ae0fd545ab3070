// Feeds every file of the folders named on the command line to the fuzz target, in the order of their names.
// Fails where a folder is missing or empty, so that a replay of nothing does not pass.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

std::vector<std::string> files_of(char const* folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

bool replay(std::string const& file) {
    auto const text = vethwork::read_file(file);
    if (!text) {
        std::fprintf(stderr, "%s\n", text.error().describe().c_str());
        return false;
    }
    // A copy of the exact size on the heap: a read past the end is then seen by ASan.
    std::vector<std::uint8_t> const bytes(text->begin(), text->end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t done = 0;
    for (int i = 1; i < argc; ++i) {
        auto const files = files_of(argv[i]);
        if (files.empty()) {
            std::fprintf(stderr, "no files in %s\n", argv[i]);
            return 1;
        }
        for (auto const& file : files)
            if (!replay(file)) return 1;
        done += files.size();
    }
    std::printf("replayed %zu files\n", done);
    return done > 0 ? 0 : 1;
}
