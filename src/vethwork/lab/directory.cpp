#include <vethwork/lab/directory.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <nlohmann/json.hpp>

#include <vethwork/base/text.hpp>
#include <vethwork/lab/view.hpp>
#include <vethwork/topology/field.hpp>

namespace vethwork::lab {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::string_view rootless_folder = "rootless", lock_name = "lock", record_name = "lab.json",
                           names_name = "namespaces", text_name = "topology.yaml";

Json to_json(Record const& record) {
    Json json{{"name", record.name},
              {"file", record.file},
              {"variables", record.variables},
              {"footing", record.footing == Footing::root ? "root" : "rootless"},
              {"real_host", record.real_host},
              {"outside", record.outside},
              {"created_at", record.created_at},
              {"paths", record.paths},
              {"groups", record.groups},
              {"complete", record.complete}};
    if (record.machine)
        json["machine"] = {{"netns", record.machine->netns},
                           {"link", record.machine->link},
                           {"table", record.machine->table},
                           {"opened", record.machine->opened}};
    if (record.keeper)
        json["keeper"] = {{"pid", record.keeper->pid}, {"start_time", record.keeper->start_time}};
    return json;
}

Record from_json(Json const& json) {
    Record record;
    record.name = json.at("name");
    record.file = json.at("file");
    record.variables = json.at("variables").get<std::vector<std::string>>();
    record.footing = json.at("footing") == "root" ? Footing::root : Footing::rootless;
    record.real_host = json.at("real_host");
    record.outside = json.at("outside").get<std::vector<std::string>>();
    record.paths = json.value("paths", record.paths);
    record.groups = json.value("groups", record.groups);
    record.created_at = json.at("created_at");
    record.complete = json.at("complete");
    if (json.contains("keeper"))
        record.keeper = ProcessId{json["keeper"].at("pid"), json["keeper"].at("start_time")};
    if (json.contains("machine")) {
        auto const& machine = json["machine"];
        record.machine = MachineShare{machine.at("netns"), machine.at("link"), machine.at("table"),
                                      machine.at("opened").get<std::map<std::string, std::string>>()};
    }
    return record;
}

Result<> make_folders(std::string const& path) {
    std::error_code code;
    fs::create_directories(path, code);
    if (code) return system_error(code.value(), "make the folder \"" + path + "\"");
    return {};
}

}  // namespace

std::string pin_prefix(Footing footing, std::string const& lab) {
    return footing == Footing::root ? lab + "." : std::string();
}

std::optional<ProcessId> identify(std::int32_t pid) {
    auto const stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    if (!stat) return {};
    // The command's name in parentheses may hold anything; the fields count from the last one.
    auto const end = stat->rfind(')');
    if (end == std::string::npos) return {};
    auto const fields = split_words(std::string_view(*stat).substr(end + 1));
    if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return {};
    auto const start = parse_number<std::uint64_t>(fields[19], 10);
    if (!start) return {};
    return ProcessId{pid, *start};
}

bool is_alive(ProcessId const& process) { return identify(process.pid) == process; }

Result<Fd> Directory::lock_file() const {
    constexpr int tries = 1000;  // whoever ends the last lab takes the folder away again
    for (int i = 1;; ++i) {
        auto const made = make_folders(path_);
        auto file = made ? open_file(path_of(lock_name), O_RDWR | O_CREAT, 0600) : Result<Fd>(made.error());
        if (file || file.error().code != ENOENT || i == tries) return file;
    }
}

Result<Fd> Directory::lock() const {
    for (;;) {
        Fd file = TRY(lock_file());
        // Of this process alone: a child that outlives it does not have the lock.
        struct flock whole {
            .l_type = F_WRLCK, .l_whence = SEEK_SET
        };
        if (::fcntl(file.get(), F_SETLK, &whole) != 0) {
            if (errno != EAGAIN && errno != EACCES) return system_error("lock \"" + path_ + "\"");
            return Error{.fault = Fault::limit,
                         .attempt = "lab \"" + path_.substr(path_.rfind('/') + 1) +
                                    "\" is being worked on by another vethwork",
                         .hint = "wait for it to end, or look with `vethwork ls`"};
        }
        // Whoever had it before may have removed the folder meanwhile.
        struct stat mine, there;
        if (::fstat(file.get(), &mine) == 0 && ::stat(path_of(lock_name).c_str(), &there) == 0 &&
            mine.st_ino == there.st_ino)
            return file;
    }
}

Result<std::optional<Record>> Directory::read(Reading what) const {
    auto const text = read_file(path_of(record_name));
    if (!text && text.error().code == ENOENT) return std::optional<Record>();
    if (!text) return text.error();
    try {
        auto record = from_json(Json::parse(*text));
        auto const names = TRY(read_file(path_of(names_name)));
        for (auto const name : split(names, '\n'))
            if (!name.empty()) record.namespaces.emplace_back(name);
        if (what == Reading::without_text) return std::optional(std::move(record));
        if (auto topology = read_file(path_of(text_name)))
            record.text = *std::move(topology);  // to end it, none is needed
        return std::optional(std::move(record));
    } catch (nlohmann::json::exception const& broken) {
        return malformed_error("read \"" + path_of(record_name) + "\": " + broken.what());
    }
}

Result<> Directory::replace(std::string_view name, std::string_view text) const {
    auto const path = path_of(name), fresh = path + ".new";
    TRY(write_file(fresh, text));
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return system_error("replace \"" + path + "\"");
    return {};
}

/// What is long lies by itself, since a look at the record is to be short. Whoever is killed between has not
/// begun to change the lab yet, or has ended to: what is not there any more may be named, nothing is missing.
Result<> Directory::write(Record const& record) const {
    TRY(replace(text_name, record.text));
    TRY(replace(names_name, join(record.namespaces, "\n")));
    return replace(record_name, to_json(record).dump(1) + "\n");
}

Result<> Directory::remove() const {
    std::error_code code;
    let_view_go(path_);
    // The lock last, and only what was there: from then on the folder may be somebody else's.
    std::vector<fs::path> all;
    for (auto const& entry : fs::directory_iterator(path_, code))
        if (entry.path().filename() != lock_name) all.push_back(entry.path());
    for (auto const& path : all) {
        fs::remove_all(path, code);
        if (code) return system_error(code.value(), "remove \"" + path.string() + "\"");
    }
    ::unlink(path_of(lock_name).c_str());
    if (::rmdir(path_.c_str()) != 0 && errno != ENOTEMPTY && errno != ENOENT)
        return system_error("remove \"" + path_ + "\"");
    remove_parent_if_empty();
    return {};
}

void Directory::remove_parent_if_empty() const {
    std::error_code code;  // of a folder that is not empty: others have labs there
    fs::remove(fs::path(path_).parent_path(), code);
}

Result<> check_lab_name(std::string const& name) {
    if (name == rootless_folder)
        return usage_error("no lab can be called \"" + name + "\"",
                           "its folder is that of root's rootless labs");
    if (topology::scalar_row("name")->fits(name)) return {};
    return usage_error("\"" + name + "\" is no lab's name", "letters, digits, - _ . and at most 63 of them");
}

std::string labs_folder(std::uint32_t uid, std::string_view runtime_folder) {
    if (uid == 0) return "/run/vethwork";
    if (!runtime_folder.empty()) return std::string(runtime_folder) + "/vethwork";
    return "/tmp/vethwork-" + std::to_string(uid);
}

Result<std::vector<std::string>> list_labs(std::string const& folder) {
    std::vector<std::string> names;
    std::error_code code;
    for (auto const& entry : fs::directory_iterator(folder, code))
        if (fs::exists(entry.path() / record_name)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

}  // namespace vethwork::lab
