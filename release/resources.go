package main

import (
	"image"
	"image/color"
	"image/draw"
	"os"
	"time"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
)

// writeResources writes what Windows shows of the .exe: its icon, its version, and a manifest
// that asks for no rights and for paths longer than 260 characters.
func writeResources(name string, when time.Time) error {
	var set winres.ResourceSet
	icon, err := winres.NewIconFromResizedImage(drawIcon(), nil)
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

// drawIcon draws a sheet with a table and one row in the dark red of party documents.
func drawIcon() image.Image {
	red, white, grey := color.NRGBA{0x9b, 0x11, 0x1e, 0xff}, color.NRGBA{0xff, 0xff, 0xff, 0xff}, color.NRGBA{0xb0, 0xb0, 0xb0, 0xff}
	img := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	fill := func(x0, y0, x1, y1 int, c color.Color) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(32, 8, 224, 248, red)
	fill(42, 18, 214, 238, white)
	fill(42, 18, 214, 70, red)
	for y := 106; y < 238; y += 44 {
		fill(42, y, 214, y+6, grey)
	}
	fill(96, 70, 102, 238, grey)
	fill(102, 156, 214, 194, red)
	return img
}
