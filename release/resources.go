package main

import (
	"bytes"
	_ "embed" // the icon
	"image/png"
	"os"
	"time"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
)

// iconPNG is a sheet with a table and one row in the dark red of party documents.
//
//go:embed icon.png
var iconPNG []byte

// writeResources writes what Windows shows of the .exe: its icon, its version, and a manifest
// that asks for no rights and for paths longer than 260 characters.
func writeResources(name string, when time.Time) error {
	var set winres.ResourceSet
	drawn, err := png.Decode(bytes.NewReader(iconPNG))
	if err != nil {
		return err
	}
	icon, err := winres.NewIconFromResizedImage(drawn, nil)
	if err != nil {
		return err
	}
	if err := set.SetIcon(winres.Name("ICON"), icon); err != nil {
		return err
	}
	day := [4]uint16{uint16(when.Year()), uint16(when.Month()), uint16(when.Day()), 0}
	info := version.Info{FileVersion: day, ProductVersion: day, Timestamp: when}
	const vietnamese = 0x042a
	for key, value := range map[string]string{
		version.ProductName:      "ketnap",
		version.FileDescription:  "ketnap: tổng hợp báo cáo kết nạp đảng viên",
		version.OriginalFilename: "ketnap.exe",
		version.ProductVersion:   when.Format("2006.01.02"),
	} {
		if err := info.Set(vietnamese, key, value); err != nil {
			return err
		}
	}
	set.SetVersionInfo(info)
	set.SetManifest(winres.AppManifest{
		Identity: winres.AssemblyIdentity{Name: "ketnap", Version: day}, Description: "ketnap",
		ExecutionLevel: winres.AsInvoker, Compatibility: winres.Win7AndAbove, LongPathAware: true,
	})
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return set.WriteObject(file, winres.ArchAMD64)
}
