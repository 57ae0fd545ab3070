#include "capture_output.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/report/packet_json.hpp>

namespace vethwork::app {

namespace {

Result<> flush_stdout() {
    if (std::fflush(stdout) != 0) return system_error("write to standard output");
    return {};
}

class TextOutput final : public CaptureOutput {
public:
    explicit TextOutput(report::PacketTextOptions options) : text_(std::move(options)) {}
    Result<> add(observe::Frame const& frame, report::PcapInterface const&) override {
        std::string const line = text_.line(frame, observe::decode_packet(frame)) + '\n';
        std::fwrite(line.data(), 1, line.size(), stdout);
        return {};
    }
    Result<> flush() override { return flush_stdout(); }

private:
    report::PacketText text_;
};

class JsonOutput final : public CaptureOutput {
public:
    Result<> add(observe::Frame const& frame, report::PcapInterface const& interface) override {
        std::string const line =
            report::packet_json(frame, observe::decode_packet(frame), interface.name) + '\n';
        std::fwrite(line.data(), 1, line.size(), stdout);
        return {};
    }
    Result<> flush() override { return flush_stdout(); }
};

class FileOutput final : public CaptureOutput {
public:
    FileOutput(Fd fd, std::string path, report::PcapFormat format, observe::LinkType link)
        : fd_(std::move(fd)), path_(std::move(path)), format_(format), link_(link) {}

    Result<> write_header(report::PcapInterface const& interface) {
        append(report::pcap_header(format_, interface));
        if (format_ == report::PcapFormat::pcapng) (void)number_of(interface);
        return flush();
    }
    Result<> add(observe::Frame const& frame, report::PcapInterface const& interface) override {
        if (format_ == report::PcapFormat::pcap && frame.link != link_)
            return usage_error("a pcap file holds one link type and these packets have several",
                               "use --pcapng");
        std::uint32_t const number = format_ == report::PcapFormat::pcapng ? number_of(interface) : 0;
        append(report::pcap_record(format_, frame, number));
        return waiting_.size() < 1u << 20 ? Result<>{} : flush();
    }
    Result<> flush() override {
        if (auto written = write_all(fd_.get(), waiting_); !written) {
            Error error = std::move(written).error();
            error.attempt = fmt::format("write \"{}\"", path_);
            return error;
        }
        waiting_.clear();
        return {};
    }

private:
    void append(std::vector<std::uint8_t> const& bytes) { waiting_ += as_text(bytes); }
    /// The number of an interface in the file; a new one is described there first.
    std::uint32_t number_of(report::PcapInterface const& interface) {
        auto const found =
            std::find(interfaces_.begin(), interfaces_.end(), std::pair(interface.name, interface.link));
        if (found != interfaces_.end()) return static_cast<std::uint32_t>(found - interfaces_.begin());
        append(report::pcapng_interface(interface));
        interfaces_.emplace_back(interface.name, interface.link);
        return static_cast<std::uint32_t>(interfaces_.size() - 1);
    }

    Fd fd_;
    std::string path_;
    report::PcapFormat format_;
    observe::LinkType link_;
    std::vector<std::pair<std::string, observe::LinkType>> interfaces_;
    std::string waiting_;
};

}  // namespace

std::unique_ptr<CaptureOutput> text_output(report::PacketTextOptions options) {
    return std::make_unique<TextOutput>(std::move(options));
}

std::unique_ptr<CaptureOutput> json_output() { return std::make_unique<JsonOutput>(); }

Result<std::unique_ptr<CaptureOutput>> file_output(std::string const& path, report::PcapFormat format,
                                                   report::PcapInterface const& first) {
    Fd fd =
        path == "-" ? TRY(Fd(STDOUT_FILENO).duplicate()) : TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
    auto output = std::make_unique<FileOutput>(std::move(fd), path, format, first.link);
    TRY(output->write_header(first));
    return std::unique_ptr<CaptureOutput>(std::move(output));
}

std::string device_name(std::uint32_t index) {
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(index, name.data()) != nullptr ? name.data() : "?";
}

}  // namespace vethwork::app
